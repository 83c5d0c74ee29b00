import {
  CandidatePairState,
  Connection,
  parseMessage,
  RTCPeerConnection,
  RTCRtpCodecParameters,
  RtcpSrPacket,
  RtpHeader,
  RtpPacket,
} from 'werift';
import { createUplink, type UplinkLimits } from '../faults/uplink.js';
import { AUDIO_CODEC, type CodecLine, VIDEO_CODECS, type VideoCodec } from '../media/codecs.js';
import type { MediaKind, MediaPacket } from '../media/media-packet.js';
import type { CongestionControl, Generation } from '../options/options.js';
import { type Gate, guard, type IceProtocol } from './gate.js';
import { offerSdp, type PeerMedia, readAnswer } from './sdp.js';
import { TRANSPORT_CC_EXTENSION } from './transport-cc.js';

/** The settings of a peer. */
export interface PeerOptions {
  readonly role: 'publisher' | 'viewer';
  /** Address to bind and to advertise. */
  readonly host: string;
  readonly transports: readonly ('udp' | 'tcp')[];
  readonly generation: Generation;
  readonly congestionControl: CongestionControl;
  /** Its m-lines, in their order. */
  readonly media: readonly PeerMedia[];
  /** Extension id of the transport-wide sequence number. Default: that of our offers. */
  readonly transportCcExtension?: number;
}

/** A candidate that travels beside its offer. */
export interface OfferedCandidate {
  readonly candidate: string;
  readonly sdpMLineIndex: number;
}

/** How a peer is reached and known again, as it stands in a description. */
export interface TransportParameters {
  readonly usernameFragment: string;
  readonly password: string;
  /** `sha-256 AB:CD:…`. */
  readonly fingerprint: string;
}

/** Codecs and sources that an answer settled on. */
export interface Negotiated {
  readonly video?: { readonly codec: VideoCodec; readonly ssrc?: number };
  readonly audio?: { readonly ssrc?: number };
}

/** One packet as it came off the wire, before repair: for reports and congestion feedback. */
export interface RawArrival {
  readonly ssrc: number;
  readonly payloadType: number;
  readonly sequenceNumber: number;
  readonly timestamp: number;
  readonly transportSequenceNumber?: number;
}

/** The events of a peer, for its session. */
export interface PeerListener {
  connected?(transport: 'udp' | 'tcp'): void;
  media?(packet: MediaPacket): void;
  arrival?(arrival: RawArrival): void;
  senderReport?(ssrc: number, ntpMiddle: number): void;
  keyFrameWanted?(): void;
}

/** One ICE, DTLS and SRTP endpoint of the ingest. */
export interface IngestPeer {
  readonly offer: { readonly sdp: string; readonly candidates: readonly OfferedCandidate[] };
  readonly transport: TransportParameters;
  readonly ssrc: number;
  /** Takes the browser's answer. Rejects when it cannot be used. Opens the gate. */
  answer(sdp: string, listener: PeerListener): Promise<Negotiated>;
  /** Until the answer it is `closed`: like OvenMediaEngine, it knows no session before. */
  gate: Gate;
  /** How bad the way in is, from now on. */
  setUplink(limits: UplinkLimits): void;
  /**
   * Begins a new ICE session over the same sockets (RFC 8445 section 9): the browser's new parameters
   * come in, ours go out. Media goes on over the old path until a check over the new one comes.
   */
  restartIce(remote: Pick<TransportParameters, 'usernameFragment' | 'password'>): Promise<void>;
  /** Epoch ms of the last packet of any kind that came through the gate; the answer counts as one. */
  readonly heardAt: number;
  readonly isConnected: boolean;
  /** Sends an RTCP packet; dropped before DTLS is up. */
  sendRtcp(packet: Buffer): void;
  /** Sends media to a viewer. */
  send(packet: MediaPacket): void;
  close(): Promise<void>;
}

/** Opens a socket on `host`, gathers and makes an offer. */
export async function createIngestPeer(options: PeerOptions): Promise<IngestPeer> {
  const direction = options.role === 'publisher' ? 'recvonly' : 'sendonly';
  const unspecified = options.host === '0.0.0.0';
  const connection = new RTCPeerConnection({
    // An empty list matters: the default is a public STUN server.
    iceServers: [],
    iceLite: true,
    bundlePolicy: 'max-bundle',
    iceUseTcp: options.transports.includes('tcp'),
    // With neither family "used", only the addresses named below are bound.
    iceUseIpv4: unspecified,
    iceUseIpv6: false,
    iceAdditionalHostAddresses: unspecified ? [] : [options.host],
    ...(unspecified
      ? {}
      : {
          iceInterfaceAddresses: { [options.host.includes(':') ? 'udp6' : 'udp4']: options.host },
        }),
    codecs: { video: parametersOf('video', options), audio: parametersOf('audio', options) },
    headerExtensions: { video: [], audio: [] },
  });
  const tracks = options.media.map((media) => {
    const transceiver = connection.addTransceiver(media.kind, { direction });
    transceiver.mid = media.mid;
    // Reports and congestion feedback are ours: werift's stop when an RTX stream's jitter turns
    // negative, and its transport-cc makes Chromium collapse to 30 kbit/s.
    transceiver.receiver.runRtcp = async () => {};
    transceiver.receiver.setupTWCC = () => {};
    return { ...media, transceiver };
  });
  await connection.setLocalDescription(await connection.createOffer());
  const local = connection.localDescription?.sdp ?? '';
  const attribute = (name: string) =>
    new RegExp(`^a=${name}:(.*?)\\r?$`, 'm').exec(local)?.[1] ?? '';

  const ice = connection.iceTransports[0]?.connection;
  const dtls = connection.dtlsTransports[0];
  if (!(ice instanceof Connection) || dtls === undefined) {
    throw new Error('werift made no transport');
  }
  let gate: Gate = 'closed';
  let heardAt = Date.now();
  let closed = false;
  const uplink = createUplink();
  const fingerprint = attribute('fingerprint');
  // A browser that restarts ICE signs with the old password for a while.
  const passwords = [Buffer.from(ice.localPassword)];
  const sockets: readonly IceProtocol[] = ice['protocols'];
  for (const protocol of sockets) {
    guard(protocol, {
      uplink,
      gate: () => gate,
      isSigned: (check) => passwords.some((each) => parseMessage(check, each) !== undefined),
      isSecure: () => dtls.state === 'connected',
      heard: () => {
        heardAt = Date.now();
      },
    });
    // The first pair that works is taken, as OvenMediaEngine does: a browser whose path was cut
    // nominates it only a second after it came back. Later nominations move the session.
    protocol.onRequestReceived.subscribe((message, address) => {
      const pair = ice.checkList.find(
        (candidate) =>
          candidate.protocol === protocol &&
          candidate.remoteAddr[0] === address[0] &&
          candidate.remoteAddr[1] === address[1],
      );
      if (pair === undefined) return;
      if (ice.nominated === undefined) {
        pair.nominated = true;
        pair.updateState(CandidatePairState.SUCCEEDED);
        ice['checkComplete'](pair);
      } else if (message.attributesKeys.includes('USE-CANDIDATE')) {
        ice.nominated = pair;
      }
    });
  }

  const viewer = options.role === 'viewer';
  const sdp = offerSdp({
    usernameFragment: ice.localUsername,
    password: ice.localPassword,
    fingerprint,
    direction,
    congestionControl: viewer ? 'remb' : options.congestionControl,
    media: tracks.map(({ kind, mid, codecs, transceiver }) => ({
      kind,
      mid,
      codecs,
      ...(viewer ? { ssrc: transceiver.sender.ssrc } : {}),
      ...(viewer && kind === 'video' ? { rtxSsrc: transceiver.sender.rtxSsrc } : {}),
    })),
  });
  const candidates = ice.localCandidates
    .filter(({ transport }) => options.transports.some((name) => name === transport.toLowerCase()))
    .map((candidate) => ({
      candidate: candidateText(
        candidate.transport,
        candidate.host,
        candidate.port,
        options.generation,
      ),
      sdpMLineIndex: 0,
    }));

  const transportCcExtension = options.transportCcExtension ?? TRANSPORT_CC_EXTENSION;
  /** The payload type of our own offers that stands for this one: readers of packets know only those. */
  const canonical = new Map<number, number>();

  return {
    offer: { sdp, candidates },
    get transport() {
      return { usernameFragment: ice.localUsername, password: ice.localPassword, fingerprint };
    },
    ssrc: tracks[0]?.transceiver.sender.ssrc ?? 1,
    async answer(answerSdp, listener) {
      const answered = readAnswer(answerSdp);
      if (answered.length !== tracks.length) throw new Error('The answer has other m-lines');
      await connection.setRemoteDescription({ type: 'answer', sdp: answerSdp });
      gate = 'open';
      heardAt = Date.now();
      dtls.onStateChange.subscribe((state) => {
        if (state === 'connected') {
          const transport = ice.nominated?.localCandidate.transport.toLowerCase();
          listener.connected?.(transport === 'tcp' ? 'tcp' : 'udp');
        }
      });
      dtls.onRtp.subscribe(({ header }) => {
        const extension = header.extensions.find(({ id }) => id === transportCcExtension);
        listener.arrival?.({
          ssrc: header.ssrc,
          payloadType: canonical.get(header.payloadType) ?? IGNORED,
          sequenceNumber: header.sequenceNumber,
          timestamp: header.timestamp,
          ...(extension !== undefined && extension.payload.length >= 2
            ? { transportSequenceNumber: extension.payload.readUInt16BE(0) }
            : {}),
        });
      });
      dtls.onRtcp.subscribe((packet) => {
        if (packet.type === RtcpSrPacket.type) {
          const report = packet as RtcpSrPacket;
          const ntp = report.senderInfo.ntpTimestamp;
          listener.senderReport?.(report.ssrc, Number((ntp >> 16n) & 0xffffffffn));
        }
      });
      let negotiated: { -readonly [K in keyof Negotiated]: Negotiated[K] } = {};
      tracks.forEach(({ kind, codecs, transceiver }, index) => {
        const line = answered[index];
        const flows = viewer ? ['recvonly', 'sendrecv'] : ['sendonly', 'sendrecv'];
        if (line === undefined || !flows.includes(line.direction)) return;
        const ssrc = transceiver.receiver.tracks[0]?.ssrc;
        const source = ssrc === undefined ? {} : { ssrc };
        const taken = codecs.find(({ payloadType }) => payloadType === line.payloadTypes[0]);
        if (taken !== undefined) canonical.set(taken.payloadType, ourPayloadType(taken.name));
        if (kind === 'audio') negotiated = { ...negotiated, audio: source };
        else if (taken !== undefined && taken.name !== 'OPUS') {
          negotiated = { ...negotiated, video: { codec: taken.name, ...source } };
        }
        for (const track of transceiver.receiver.tracks) {
          track.onReceiveRtp.subscribe(({ header, payload }) => {
            listener.media?.({
              kind,
              ssrc: header.ssrc,
              payloadType: canonical.get(header.payloadType) ?? IGNORED,
              sequenceNumber: header.sequenceNumber,
              timestamp: header.timestamp,
              marker: header.marker,
              payload,
            });
          });
        }
        transceiver.sender.onPictureLossIndication.subscribe(() => listener.keyFrameWanted?.());
      });
      return negotiated;
    },
    get gate() {
      return gate;
    },
    set gate(next) {
      gate = next;
    },
    setUplink: uplink.setLimits,
    async restartIce(remote) {
      // Whoever still waits for the first session gets the next one's end instead.
      const waiting = ice['checkListState'];
      await ice.restart();
      ice.setRemoteParams({ ...remote, iceLite: false });
      passwords.push(Buffer.from(ice.localPassword));
      if (passwords.length > KEPT_PASSWORDS) passwords.shift();
      await ice.gatherCandidates();
      ice.connect().then(
        () => waiting.put(Promise.resolve(ICE_COMPLETED)),
        () => {},
      );
    },
    get heardAt() {
      return heardAt;
    },
    get isConnected() {
      return !closed && dtls.state === 'connected';
    },
    sendRtcp(packet) {
      if (closed || dtls.state !== 'connected') return;
      dtls.sendRtcp([{ serialize: () => packet } as RtcpLike]).catch(() => {});
    },
    send(packet) {
      const track = tracks.find(({ kind }) => kind === packet.kind);
      if (closed || track === undefined) return;
      const header = new RtpHeader({
        sequenceNumber: packet.sequenceNumber,
        timestamp: packet.timestamp,
        marker: packet.marker,
      });
      track.transceiver.sender.sendRtp(new RtpPacket(header, packet.payload)).catch(() => {});
    },
    async close() {
      if (closed) return;
      closed = true;
      gate = 'cut';
      uplink.close();
      await connection.close();
    },
  };
}

/** The payload type that a packet of no use is handed on with. */
const IGNORED = -1;
/** How werift says that ICE found a path. */
const ICE_COMPLETED = 1;
/** Passwords of this session and of the one before it. */
const KEPT_PASSWORDS = 2;

function ourPayloadType(name: CodecLine['name']): number {
  return (name === 'OPUS' ? AUDIO_CODEC : VIDEO_CODECS[name]).payloadType;
}

function parametersOf(kind: MediaKind, { media }: PeerOptions) {
  return media
    .filter((each) => each.kind === kind)
    .flatMap((each) => each.codecs.flatMap(codecParameters));
}

/** werift only ever calls `serialize` on what it sends. */
type RtcpLike = Parameters<RTCPeerConnection['dtlsTransports'][number]['sendRtcp']>[0][number];

const FEEDBACK = [
  { type: 'nack' },
  { type: 'nack', parameter: 'pli' },
  { type: 'ccm', parameter: 'fir' },
];

function codecParameters(line: CodecLine) {
  const kind = line.name === 'OPUS' ? 'audio' : 'video';
  const main = new RTCRtpCodecParameters({
    // Upper case: Chromium accepts "h264" and then sends no video at all.
    mimeType: `${kind}/${line.name}`,
    clockRate: kind === 'audio' ? 48_000 : 90_000,
    payloadType: line.payloadType,
    ...(kind === 'audio' ? { channels: 2 } : {}),
    ...(line.fmtp === undefined ? {} : { parameters: line.fmtp }),
    rtcpFeedback: kind === 'audio' ? [] : FEEDBACK,
  });
  if (line.rtxPayloadType === undefined) return [main];
  const rtx = new RTCRtpCodecParameters({
    mimeType: 'video/rtx',
    clockRate: 90_000,
    payloadType: line.rtxPayloadType,
    parameters: `apt=${line.payloadType}`,
  });
  return [main, rtx];
}

function candidateText(
  transport: string,
  host: string,
  port: number,
  generation: Generation,
): string {
  const foundation = 1_000_000_000 + Math.floor(Math.random() * 9_000_000_000);
  if (transport.toLowerCase() === 'tcp') {
    return `candidate:${foundation} 1 TCP 1275068415 ${host} ${port} typ host tcptype passive`;
  }
  const priority = generation === '0.21' ? 2_130_706_431 : 50;
  return `candidate:${foundation} 1 UDP ${priority} ${host} ${port} typ host`;
}
