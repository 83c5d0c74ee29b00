import { AUDIO_CLOCK, VIDEO_CLOCK, VIDEO_CODECS, type VideoCodec } from './codecs.js';
import type { IngestPeer, Negotiated, PeerListener } from './ingest-peer.js';
import { createMediaCounter, type MediaCounter } from './media-counter.js';
import { createDuplicateFilter, type MediaKind, type MediaPacket } from './media-packet.js';
import { createOutputGate } from './output-gate.js';
import {
  createReception,
  fullIntraRequest,
  pictureLossIndication,
  type Reception,
  receiverReport,
  remb,
} from './rtcp.js';
import type { CongestionControl } from './sdp.js';
import { createArrivalLog } from './transport-cc.js';

/** How often something goes back to the sender; it learns from silence that a path is dead. */
const FEEDBACK_MS = 80;
const REPORT_MS = 500;
/** OvenMediaEngine asks for a key frame this often (webrtc_stream.cpp). */
const KEY_FRAME_MS = 3000;

/** What a session needs to know and whom it tells. */
export interface PublishSessionOptions {
  readonly congestionControl: CongestionControl;
  /** Cap that REMB announces, in bits a second. */
  readonly maxBitrate: number;
  /** Wall-clock ms of silence after which the peer is given up. */
  readonly ghostMs: number;
  onConnected(transport: 'udp' | 'tcp'): void;
  onMedia(packet: MediaPacket): void;
  onOutputReady(): void;
  /** Nothing was heard for `ghostMs`. */
  onGhost(): void;
}

/** One publisher's media: counts it, answers with RTCP, hands it on. */
export interface PublishSession {
  readonly codec: VideoCodec | undefined;
  readonly counter: MediaCounter;
  readonly negotiatedAt: number;
  readonly connectedAt: number | undefined;
  readonly transport: 'udp' | 'tcp' | undefined;
  readonly outputReadyAt: number | undefined;
  readonly packetsLost: number;
  readonly peer: IngestPeer;
  /** Asks the sender for a key frame, at most five times a second. */
  wantKeyFrame(): void;
  close(): Promise<void>;
}

/** Takes the answer and starts the session. Rejects when the answer cannot be used. */
export async function startPublishSession(
  peer: IngestPeer,
  answer: string,
  options: PublishSessionOptions,
): Promise<PublishSession> {
  const receptions = new Map<number, Reception>();
  const kinds = new Map<number, MediaKind>();
  const arrivals = createArrivalLog();
  const isDuplicate = { video: createDuplicateFilter(), audio: createDuplicateFilter() };
  let negotiated: Negotiated = {};
  let counter = createMediaCounter(undefined);
  let output = createOutputGate([]);
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
      options.onMedia(packet);
      if (output.media(packet.kind, packet.timestamp, now)) {
        outputReadyAt = now;
        options.onOutputReady();
      }
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
  output = createOutputGate([...kinds.values()]);
  const ssrcs = [...kinds.keys()];

  let reportAt = 0;
  const timer = setInterval(() => {
    const now = Date.now();
    if (now - peer.heardAt > options.ghostMs) options.onGhost();
    if (!peer.isConnected) return;
    const blocks: ReturnType<Reception['block']>[] = [];
    if (now - reportAt >= REPORT_MS) {
      reportAt = now;
      blocks.push(...[...receptions.values()].map((each) => each.block(performance.now())));
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
    counter,
    negotiatedAt: Date.now(),
    peer,
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
    wantKeyFrame() {
      if (Date.now() - keyFrameAskedAt >= 200) askForKeyFrame('pli');
    },
    async close() {
      clearInterval(timer);
      await peer.close();
    },
  };
}

/** RTCP travels in compound packets that begin with a report (RFC 3550 section 6.1). */
function compound(senderSsrc: number, packet: Buffer): Buffer {
  return Buffer.concat([receiverReport(senderSsrc, []), packet]);
}
