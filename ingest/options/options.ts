/** A TURN server that offers hand to clients, in the standard spelling. */
export interface IngestIceServer {
  readonly urls: readonly string[];
  readonly username?: string;
  readonly credential?: string;
}

/** Generations of OvenMediaEngine that differ in what broadcasters and viewers see. */
export type Generation = '0.20' | '0.20.5' | '0.21';

const GENERATIONS: readonly string[] = ['0.20', '0.20.5', '0.21'] satisfies Generation[];

/** The server whose WHIP it speaks. */
export type WhipProfile = 'ome' | 'rfc9725';

const WHIP_PROFILES: readonly string[] = ['ome', 'rfc9725'] satisfies WhipProfile[];

/** A certificate and its private key, both as PEM. The key is a secret. */
export interface TlsCredentials {
  readonly key: string;
  readonly cert: string;
}

/** How the sender learns its bandwidth: REMB is deterministic, transport-cc reacts to the path. */
export type CongestionControl = 'remb' | 'transport-cc';

/** How the ingest runs. Everything has a default. */
export interface IngestOptions {
  /** Address to listen on and to advertise: 127.0.0.1 unless told otherwise. */
  readonly host?: string;
  /** TCP port of HTTP and signalling; 0, the default, is any free one. */
  readonly port?: number;
  /**
   * Serves `https` and `wss`, as Qencode does: with the certificate and key given, both as PEM, or,
   * for `true`, with one that is made and kept in `directory`, else below `.webrtc-broadcaster` in
   * the home folder; browsers ask once whether to trust it.
   * Default false.
   */
  readonly tls?: boolean | TlsCredentials;
  /** TCP port of RTMP; 0 is any free one. Default: RTMP is off. Needs ffmpeg. */
  readonly rtmpPort?: number;
  /** UDP port of SRT; 0 is any free one. Default: SRT is off. Needs ffmpeg with libsrt. */
  readonly srtPort?: number;
  /** The ffmpeg that turns RTMP and SRT into WebRTC's media and Opus into HLS's. Default: the one on PATH. */
  readonly ffmpegPath?: string;
  /** How much faster the clock of the rules runs than the wall clock; 40 makes 120 s pass in 3 s. Default 1. */
  readonly timeScale?: number;
  /** A started stream without input is stopped after this long, on the rules' clock. Default 120. */
  readonly startTimeoutSeconds?: number;
  /** An interrupted stream is stopped after this long, on the rules' clock. Default 120. */
  readonly resumeTimeoutSeconds?: number;
  /**
   * How long a peer that fell silent keeps its stream's name (OvenMediaEngine's ICE timeout), on
   * the rules' clock, but never below one second of the wall's. Default 30.
   */
  readonly ghostSeconds?: number;
  /**
   * Which OvenMediaEngine it is like. `0.20`, the default, is up to 0.20.4: viewers get nothing of a
   * browser's two tracks until each had a sender report. From `0.20.5` on media is handed on at once.
   * `0.21` also has TCP candidates, and other meanings of `?transport=`.
   */
  readonly generation?: Generation;
  /** How publishers learn their bandwidth. Default 'remb', which is deterministic. */
  readonly congestionControl?: CongestionControl;
  /** The bitrate that REMB allows, in bits a second. Default 6,000,000. */
  readonly maxBitrate?: number;
  /** TURN servers to put into offers that ask for a relay (`transport=tcp` in generation 0.20). */
  readonly iceServers?: readonly IngestIceServer[];
  /**
   * The effect of WHIP's PATCH: `ome`, the default, is OvenMediaEngine's, which answers 204 to everything
   * and ignores it. `rfc9725` follows the standard: entity tags are quoted and checked, candidates are
   * taken, ICE is restarted.
   */
  readonly whip?: WhipProfile;
  /** The token that WHIP's requests have to carry as `Authorization: Bearer`. Default: nothing, as the real server. */
  readonly whipToken?: string;
  /** End the socket after an error reply. Default false, as the real server. */
  readonly closeOnError?: boolean;
  /** Web origins to serve besides those on loopback, such as `https://app.example`. */
  readonly allowedOrigins?: readonly string[];
  /**
   * Names, without a port, that the ingest may be called by besides `localhost`, this machine's own
   * name and addresses; any other is taken for DNS rebinding.
   */
  readonly allowedHosts?: readonly string[];
  /**
   * Where streams, keys and tokens are kept, so that they outlive the process; it belongs to one
   * process at a time. Default: nowhere, they are forgotten.
   */
  readonly directory?: string;
  /** Wall-clock ms before a callback that failed is tried again; doubles with each try. Default 1000. */
  readonly webhookRetryMs?: number;
  /** Gets one line for each thing that happens, never with a stream key. Default: nobody. */
  readonly log?: (line: string) => void;
}

/** Options with every default filled in. */
export type ResolvedOptions = {
  readonly [K in Exclude<keyof IngestOptions, Absent>]-?: Required<IngestOptions>[K];
} & { readonly [K in Absent]: IngestOptions[K] | undefined };

/** The options that are off by default. */
type Absent = 'directory' | 'rtmpPort' | 'srtPort' | 'whipToken';

/** Fills in the defaults. Throws a `RangeError` that names the option that makes no sense. */
export function resolveOptions(options: IngestOptions): ResolvedOptions {
  const resolved: ResolvedOptions = {
    host: options.host ?? '127.0.0.1',
    port: options.port ?? 0,
    tls: options.tls ?? false,
    rtmpPort: options.rtmpPort,
    srtPort: options.srtPort,
    ffmpegPath: options.ffmpegPath ?? 'ffmpeg',
    timeScale: options.timeScale ?? 1,
    startTimeoutSeconds: options.startTimeoutSeconds ?? 120,
    resumeTimeoutSeconds: options.resumeTimeoutSeconds ?? 120,
    ghostSeconds: options.ghostSeconds ?? 30,
    generation: options.generation ?? '0.20',
    congestionControl: options.congestionControl ?? 'remb',
    maxBitrate: options.maxBitrate ?? 6_000_000,
    iceServers: options.iceServers ?? [],
    whip: options.whip ?? 'ome',
    whipToken: options.whipToken,
    closeOnError: options.closeOnError ?? false,
    allowedOrigins: options.allowedOrigins ?? [],
    allowedHosts: options.allowedHosts ?? [],
    directory: options.directory,
    webhookRetryMs: options.webhookRetryMs ?? 1000,
    log: options.log ?? (() => {}),
  };
  for (const name of ['port', 'rtmpPort', 'srtPort'] as const) {
    const port = resolved[name] ?? 0;
    if (!Number.isInteger(port) || port < 0 || port > 65_535) {
      throw new RangeError(`${name} is a whole number from 0 to 65535.`);
    }
  }
  if (!GENERATIONS.includes(resolved.generation)) {
    throw new RangeError(`generation is one of ${GENERATIONS.join(', ')}.`);
  }
  if (!WHIP_PROFILES.includes(resolved.whip)) {
    throw new RangeError(`whip is one of ${WHIP_PROFILES.join(', ')}.`);
  }
  if (resolved.whipToken !== undefined && !/^[\w.~+/-]+=*$/.test(resolved.whipToken)) {
    throw new RangeError('whipToken is a bearer token: letters, digits and -._~+/, then any =.');
  }
  const positive = [
    'timeScale',
    'startTimeoutSeconds',
    'resumeTimeoutSeconds',
    'ghostSeconds',
    'maxBitrate',
    'webhookRetryMs',
  ] as const;
  for (const name of positive) {
    if (!Number.isFinite(resolved[name]) || resolved[name] <= 0) {
      throw new RangeError(`${name} is a number above 0.`);
    }
  }
  if (resolved.host === '') throw new RangeError('host is a name or an address of this machine.');
  if (resolved.directory === '') throw new RangeError('directory is the path of a folder.');
  return resolved;
}
