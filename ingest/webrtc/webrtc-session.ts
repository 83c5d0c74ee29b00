import { AUDIO_CLOCK, VIDEO_CLOCK, VIDEO_CODECS } from '../media/codecs.js';
import { createMediaCounter } from '../media/media-counter.js';
import { createDuplicateFilter, type MediaKind, type MediaPacket } from '../media/media-packet.js';
import { createOutputGate } from '../media/output-gate.js';
import type { CongestionControl } from '../options/options.js';
import type { PublishSession } from '../streams/publish-session.js';
import type { IngestPeer, Negotiated, PeerListener } from './ingest-peer.js';
import {
  createReception,
  fullIntraRequest,
  pictureLossIndication,
  type Reception,
  receiverReport,
  remb,
} from './rtcp.js';
import { createArrivalLog } from './transport-cc.js';

/** How often something goes back to the sender; it learns from silence that a path is dead. */
const FEEDBACK_MS = 80;
/** How often the real server reports on what it received; measured on 0.20. */
const REPORT_MS: Readonly<Record<MediaKind, number>> = { video: 1000, audio: 5900 };
/** OvenMediaEngine asks for a key frame this often (webrtc_stream.cpp). */
const KEY_FRAME_MS = 3000;

/** The context of a session. */
export interface WebRtcSessionOptions {
  readonly congestionControl: CongestionControl;
  /** Cap that REMB announces, in bits a second. */
  readonly maxBitrate: number;
  /** See {@link createOutputGate}. */
  readonly waitsForReports: boolean;
  /** Wall-clock ms of silence after which the peer is given up. */
  readonly ghostMs: number;
  /** Closes the peer, when the session is closed. */
  release(): Promise<void>;
  onConnected(transport: 'udp' | 'tcp'): void;
  /** `isOutput` is false for what the real server throws away: it comes before its output is ready. */
  onMedia(packet: MediaPacket, isOutput: boolean): void;
  onOutputReady(): void;
  /** Nothing was heard for `ghostMs`. */
  onGhost(): void;
}

/**
 * A browser's media: counts it, answers with RTCP, hands it on. Takes the answer and starts the
 * session; rejects when the answer cannot be used, and the peer stays
 * the caller's. It goes with the session otherwise.
 */
export async function startWebRtcSession(
  peer: IngestPeer,
  answer: string,
  options: WebRtcSessionOptions,
): Promise<PublishSession> {
  const receptions = new Map<number, Reception>();
  const kinds = new Map<number, MediaKind>();
  const arrivals = createArrivalLog();
  const isDuplicate = { video: createDuplicateFilter(), audio: createDuplicateFilter() };
  let negotiated: Negotiated = {};
  let counter = createMediaCounter(undefined);
  let output = createOutputGate([], options);
  let connectedAt: number | undefined;
  let outputReadyAt: number | undefined;
  let transport: 'udp' | 'tcp' | undefined;
  let keyFrameSequence = 0;
  let keyFrameAskedAt = 0;

  const videoPayloadType = () => {
    const { codec } = negotiated.video ?? {};
    return codec === undefined ? undefined : VIDEO_CODECS[codec].payloadType;
  };
  const askForKeyFrame = (how: 'fir' | 'pli') => {
    const { ssrc } = negotiated.video ?? {};
    if (ssrc === undefined) return;
    keyFrameAskedAt = Date.now();
    keyFrameSequence += 1;
    peer.sendRtcp(
      how === 'fir'
        ? compound(peer.ssrc, fullIntraRequest(peer.ssrc, ssrc, keyFrameSequence))
        : compound(peer.ssrc, pictureLossIndication(peer.ssrc, ssrc)),
    );
  };
  const listener: PeerListener = {
    connected(over) {
      connectedAt = Date.now();
      transport = over;
      options.onConnected(over);
      askForKeyFrame('fir');
    },
    arrival({ ssrc, payloadType, sequenceNumber, timestamp, transportSequenceNumber }) {
      const now = performance.now();
      receptions.get(ssrc)?.add(sequenceNumber, timestamp, now);
      if (transportSequenceNumber !== undefined) arrivals.add(transportSequenceNumber, now);
      if (kinds.get(ssrc) === 'video' && payloadType !== videoPayloadType()) counter.ignore();
    },
    senderReport(ssrc, ntpMiddle) {
      receptions.get(ssrc)?.senderReport(ntpMiddle, performance.now());
      const kind = kinds.get(ssrc);
      if (kind !== undefined) output.senderReport(kind);
    },
    media(packet) {
      const now = Date.now();
      if (packet.kind === 'video' && packet.payloadType !== videoPayloadType()) return;
      if (isDuplicate[packet.kind](packet.sequenceNumber)) return;
      counter.add(packet, now);
      if (output.media(packet.kind, packet.timestamp, now)) {
        outputReadyAt = now;
        options.onOutputReady();
      }
      options.onMedia(packet, outputReadyAt !== undefined);
    },
  };
  negotiated = await peer.answer(answer, listener);
  counter = createMediaCounter(negotiated.video?.codec);
  for (const kind of ['video', 'audio'] as const) {
    const ssrc = negotiated[kind]?.ssrc;
    if (ssrc === undefined) continue;
    kinds.set(ssrc, kind);
    receptions.set(ssrc, createReception(ssrc, kind === 'video' ? VIDEO_CLOCK : AUDIO_CLOCK));
  }
  output = createOutputGate([...kinds.values()], options);
  const ssrcs = [...kinds.keys()];

  const reportedAt: Record<MediaKind, number> = { video: 0, audio: 0 };
  const timer = setInterval(() => {
    const now = Date.now();
    if (now - peer.heardAt > options.ghostMs) options.onGhost();
    if (!peer.isConnected) return;
    const blocks: ReturnType<Reception['block']>[] = [];
    for (const [ssrc, kind] of kinds) {
      const reception = receptions.get(ssrc);
      if (reception === undefined || now - reportedAt[kind] < REPORT_MS[kind]) continue;
      reportedAt[kind] = now;
      blocks.push(reception.block(performance.now()));
    }
    const feedback =
      options.congestionControl === 'remb'
        ? remb(peer.ssrc, options.maxBitrate, ssrcs)
        : arrivals.flush(peer.ssrc, ssrcs[0] ?? 0);
    if (feedback !== undefined || blocks.length > 0) {
      peer.sendRtcp(
        Buffer.concat([receiverReport(peer.ssrc, blocks), feedback ?? Buffer.alloc(0)]),
      );
    }
    if (now - keyFrameAskedAt >= KEY_FRAME_MS) askForKeyFrame('fir');
  }, FEEDBACK_MS);

  return {
    codec: negotiated.video?.codec,
    offeredCodec: negotiated.video?.codec,
    hasAudio: negotiated.audio?.ssrc !== undefined,
    audioHeardAt: undefined,
    keepsItsKeyFrames: false,
    counter,
    negotiatedAt: Date.now(),
    get isConnected() {
      return peer.isConnected;
    },
    get connectedAt() {
      return connectedAt;
    },
    get transport() {
      return transport;
    },
    get outputReadyAt() {
      return outputReadyAt;
    },
    get packetsLost() {
      return [...receptions.values()].reduce((sum, { packetsLost }) => sum + packetsLost, 0);
    },
    setWay(way) {
      peer.gate = way;
    },
    setUplink: peer.setUplink,
    wantKeyFrame() {
      if (Date.now() - keyFrameAskedAt >= 200) askForKeyFrame('pli');
    },
    async close() {
      clearInterval(timer);
      await options.release();
    },
  };
}

/** RTCP travels in compound packets that begin with a report (RFC 3550 section 6.1). */
function compound(senderSsrc: number, packet: Buffer): Buffer {
  return Buffer.concat([receiverReport(senderSsrc, []), packet]);
}
