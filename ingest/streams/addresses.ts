/** `server_urls` of a stream. Those of WebRTC and SRT hold the stream key: they are credentials. */
export interface ServerUrls {
  /** Without the key, and the same for all streams. */
  readonly rtmp?: string;
  readonly webrtc?: string;
  readonly srt?: string;
}

/** Ways into the ingest besides WebRTC. Each answers `undefined` while there is no such way. */
export interface WaysIn {
  rtmpUrl(): string | undefined;
  srtUrl(streamKey: string): string | undefined;
}

/** An ingest that takes WebRTC only. */
export const NO_OTHER_WAYS_IN: WaysIn = { rtmpUrl: () => undefined, srtUrl: () => undefined };

/** The parts of a stream that go into its addresses. */
export interface Addressee {
  readonly key: string;
  /** Stands in for the encoder's host name; undefined while the stream does not run. */
  readonly host: string | undefined;
}

/** Every URL that the ingest names. */
export interface Addresses {
  /** `http://127.0.0.1:PORT`, or `https`. */
  readonly http: string;
  /** `ws://127.0.0.1:PORT`, or `wss`. */
  readonly webSocket: string;
  /** The addresses that can be published to now. */
  serverUrls(stream: Addressee): ServerUrls;
  /** The HLS playlist of a playback id. */
  playback(playbackId: string): string;
}

/** `server` is where the ingest is reached, asked for each time. */
export function createAddresses(
  server: () => { readonly authority: string; readonly isSecure: boolean },
  waysIn: WaysIn = NO_OTHER_WAYS_IN,
): Addresses {
  const addresses: Addresses = {
    get http() {
      const { authority, isSecure } = server();
      return `${isSecure ? 'https' : 'http'}://${authority}`;
    },
    get webSocket() {
      return addresses.http.replace('http', 'ws');
    },
    serverUrls({ key, host }) {
      const rtmp = waysIn.rtmpUrl();
      const srt = host === undefined ? undefined : waysIn.srtUrl(key);
      return {
        ...(rtmp === undefined ? {} : { rtmp }),
        ...(host === undefined ? {} : { webrtc: `${addresses.webSocket}/${host}/qlive/${key}` }),
        ...(srt === undefined ? {} : { srt }),
      };
    },
    playback: (playbackId) => `${addresses.http}/play-${playbackId}/qhls/qlive/playlist.m3u8`,
  };
  return addresses;
}

/** Where a signalling socket wants to go. */
export interface SignalingTarget {
  /** The encoder it was addressed to; undefined in the short form, `/qlive/<key>`. */
  readonly host: string | undefined;
  readonly app: string;
  readonly streamKey: string;
}

/** Reads `/live-<hex>/<app>/<key>` and `/<app>/<key>`, split into elements. */
export function readSignalingTarget(path: readonly string[]): SignalingTarget {
  const [first = '', second = '', third = ''] = path;
  return /^live-[\da-f]+$/.test(first)
    ? { host: first, app: second, streamKey: third }
    : { host: undefined, app: first, streamKey: second };
}
