import { AUDIO_CLOCK, VIDEO_CLOCK, VIDEO_CODECS, type VideoCodec } from '../media/codecs.js';
import { keyFrameStart } from '../media/media-counter.js';
import { type MediaKind, type MediaPacket, sequenceDistance } from '../media/media-packet.js';

/** Makes one viewer's stream out of whatever publishers come and go. */
export interface Forwarder {
  /** Rewrites a packet for the viewer; undefined while it must wait for a key frame. */
  forward(packet: MediaPacket, atMs: number): MediaPacket | undefined;
  /** True while the picture waits for a key frame. */
  readonly wantsKeyFrame: boolean;
}

/** No packet comes later than this many others. */
const REORDERING = 4096;

interface Flow {
  ssrc: number;
  firstSequence: number;
  forwarded: number;
  sequenceOffset: number;
  timestampOffset: number;
  lastSequence: number;
  lastTimestamp: number;
  lastAtMs: number;
}

/**
 * Sequence numbers and timestamps go on without a gap when a publisher returns with new ones, so
 * that the viewer's decoder sees one stream (RFC 3550 section 5.1 leaves both starts to chance).
 */
export function createForwarder(codec: VideoCodec | undefined): Forwarder {
  const flows = new Map<MediaKind, Flow>();
  let waiting = codec !== undefined;
  return {
    get wantsKeyFrame() {
      return waiting;
    },
    forward(packet, atMs) {
      const isVideo = packet.kind === 'video';
      if (
        isVideo &&
        (codec === undefined || packet.payloadType !== VIDEO_CODECS[codec].payloadType)
      ) {
        return undefined;
      }
      let flow = flows.get(packet.kind);
      if (flow?.ssrc !== packet.ssrc) {
        if (isVideo && !beginsPicture(codec, packet)) {
          waiting = true;
          return undefined;
        }
        flow = continueFlow(flow, packet, atMs);
        flows.set(packet.kind, flow);
        if (isVideo) waiting = false;
      }
      // A retransmission of something before the key frame that the viewer started with.
      const late = sequenceDistance(packet.sequenceNumber, flow.firstSequence) < 0;
      if (late && flow.forwarded < REORDERING) return undefined;
      flow.forwarded += 1;
      const sequenceNumber = (packet.sequenceNumber + flow.sequenceOffset) & 0xffff;
      const timestamp = (packet.timestamp + flow.timestampOffset) >>> 0;
      if (sequenceDistance(sequenceNumber, flow.lastSequence) > 0) {
        flow.lastSequence = sequenceNumber;
        flow.lastTimestamp = timestamp;
        flow.lastAtMs = atMs;
      }
      return { ...packet, sequenceNumber, timestamp };
    },
  };
}

function beginsPicture(codec: VideoCodec | undefined, { payload }: MediaPacket): boolean {
  const start = keyFrameStart(codec, payload);
  return start.keyFrame || start.size !== undefined;
}

function continueFlow(before: Flow | undefined, packet: MediaPacket, atMs: number): Flow {
  const { ssrc, sequenceNumber, timestamp, kind } = packet;
  const base = { ssrc, firstSequence: sequenceNumber, forwarded: 0 };
  if (before === undefined) {
    const lastSequence = (sequenceNumber - 1) & 0xffff;
    return {
      ...base,
      sequenceOffset: 0,
      timestampOffset: 0,
      lastSequence,
      lastTimestamp: timestamp,
      lastAtMs: atMs,
    };
  }
  const clock = kind === 'video' ? VIDEO_CLOCK : AUDIO_CLOCK;
  const elapsed = Math.max(1, Math.round(((atMs - before.lastAtMs) * clock) / 1000));
  return {
    ...base,
    sequenceOffset: (before.lastSequence + 1 - sequenceNumber) & 0xffff,
    timestampOffset: (before.lastTimestamp + elapsed - timestamp) >>> 0,
    lastSequence: before.lastSequence,
    lastTimestamp: before.lastTimestamp,
    lastAtMs: before.lastAtMs,
  };
}
