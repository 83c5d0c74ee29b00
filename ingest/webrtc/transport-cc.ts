import { sequenceDistance } from '../media/media-packet.js';
import { transportFeedback } from './rtcp.js';

/** Extension id of the transport-wide sequence number on every m-line of our offers. */
export const TRANSPORT_CC_EXTENSION = 3;
/** Its URI, as OvenMediaEngine spells it. */
export const TRANSPORT_CC_URI =
  'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01';

const FEEDBACK_FORMAT = 15;
const TICK_US = 250;
const REFERENCE_MS = 64;
const MAX_PACKETS = 1000;

/** Collects arrival times of one transport and turns them into feedback packets. */
export interface ArrivalLog {
  /** Notes the packet with this transport-wide sequence number. */
  add(sequenceNumber: number, atMs: number): void;
  /** The RTCP packet for everything noted since the last call, undefined if nothing was. */
  flush(senderSsrc: number, mediaSsrc: number): Buffer | undefined;
}

/** Starts a log (draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1). One for each transport: audio and video share the sequence. */
export function createArrivalLog(): ArrivalLog {
  let arrivals: { sequence: number; atMs: number }[] = [];
  let highest: number | undefined;
  let count = 0;
  return {
    add(sequenceNumber, atMs) {
      const extended =
        highest === undefined
          ? sequenceNumber
          : highest + sequenceDistance(sequenceNumber, highest & 0xffff);
      highest = highest === undefined ? extended : Math.max(highest, extended);
      if (arrivals.length < MAX_PACKETS) arrivals.push({ sequence: extended, atMs });
    },
    flush(senderSsrc, mediaSsrc) {
      if (arrivals.length === 0) return undefined;
      const body = feedbackBody(arrivals, count);
      arrivals = [];
      count = (count + 1) & 0xff;
      return transportFeedback(FEEDBACK_FORMAT, senderSsrc, mediaSsrc, body);
    },
  };
}

function feedbackBody(
  unordered: readonly { sequence: number; atMs: number }[],
  count: number,
): Buffer {
  const times = new Map<number, number>();
  for (const { sequence, atMs } of unordered) {
    if (!times.has(sequence)) times.set(sequence, atMs);
  }
  const sequences = [...times.keys()].sort((a, b) => a - b);
  const base = sequences[0] ?? 0;
  const last = Math.min(sequences.at(-1) ?? base, base + 0xfff);
  const reference = Math.floor(Math.min(...times.values()) / REFERENCE_MS);
  const symbols: number[] = [];
  const deltas: Buffer[] = [];
  let previousUs = reference * REFERENCE_MS * 1000;
  for (let sequence = base; sequence <= last; sequence += 1) {
    const atMs = times.get(sequence);
    if (atMs === undefined) {
      symbols.push(0);
      continue;
    }
    const ticks = Math.round((atMs * 1000 - previousUs) / TICK_US);
    const small = ticks >= 0 && ticks <= 0xff;
    const bounded = Math.max(-0x8000, Math.min(0x7fff, ticks));
    const delta = Buffer.alloc(small ? 1 : 2);
    if (small) delta.writeUInt8(ticks);
    else delta.writeInt16BE(bounded);
    symbols.push(small ? 1 : 2);
    deltas.push(delta);
    previousUs += bounded * TICK_US;
  }
  const header = Buffer.alloc(8);
  header.writeUInt16BE(base & 0xffff, 0);
  header.writeUInt16BE(symbols.length, 2);
  header.writeUIntBE(reference & 0x7fffff, 4, 3);
  header.writeUInt8(count, 7);
  return Buffer.concat([header, ...statusVectors(symbols), ...deltas]);
}

/** Two-bit status vector chunks, seven packets each (section 3.1.4). */
function statusVectors(symbols: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at < symbols.length; at += 7) {
    let chunk = 0xc000;
    for (let i = 0; i < 7; i += 1) chunk |= (symbols[at + i] ?? 0) << (12 - i * 2);
    const buffer = Buffer.alloc(2);
    buffer.writeUInt16BE(chunk);
    chunks.push(buffer);
  }
  return chunks;
}
