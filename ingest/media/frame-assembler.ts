import { type MediaPacket, sequenceDistance } from './media-packet.js';

/** How many packets a missing one is waited for. */
const PATIENCE = 256;

/** Puts the packets of one source in order and cuts them into frames. */
export interface FrameAssembler {
  /** Takes a packet; returns the frames that it completed, in order. A damaged frame is `null`. */
  add(packet: MediaPacket): readonly (Frame | null)[];
}

/** The RTP payloads of one frame. */
export interface Frame {
  readonly timestamp: number;
  readonly payloads: readonly Buffer[];
}

/** Starts with the first packet it is given. */
export function createFrameAssembler(): FrameAssembler {
  const waiting = new Map<number, MediaPacket>();
  let next: number | undefined;
  let payloads: Buffer[] = [];
  let timestamp: number | undefined;
  let damaged = false;

  const take = (packet: MediaPacket, frames: (Frame | null)[]) => {
    if (timestamp !== undefined && timestamp !== packet.timestamp) {
      // The marker of the frame before was lost.
      if (payloads.length > 0) frames.push(null);
      payloads = [];
    }
    timestamp = packet.timestamp;
    // Empty payloads are padding, sent to probe for bandwidth.
    if (packet.payload.length > 0) payloads.push(packet.payload);
    if (!packet.marker) return;
    if (payloads.length > 0) frames.push(damaged ? null : { timestamp, payloads });
    payloads = [];
    timestamp = undefined;
    damaged = false;
  };

  return {
    add(packet) {
      const frames: (Frame | null)[] = [];
      next ??= packet.sequenceNumber;
      if (sequenceDistance(packet.sequenceNumber, next) < 0) return frames;
      waiting.set(packet.sequenceNumber, packet);
      while (waiting.size > 0) {
        const ready = waiting.get(next);
        if (ready !== undefined) {
          waiting.delete(next);
          take(ready, frames);
        } else if (waiting.size < PATIENCE) {
          break;
        } else {
          damaged = true;
        }
        next = (next + 1) & 0xffff;
      }
      return frames;
    },
  };
}
