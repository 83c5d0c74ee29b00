/** Which of the two media a packet carries. */
export type MediaKind = 'video' | 'audio';

/** One RTP packet, decrypted and free of RTX wrapping, as the rest of the ingest sees it. */
export interface MediaPacket {
  readonly kind: MediaKind;
  readonly ssrc: number;
  readonly payloadType: number;
  readonly sequenceNumber: number;
  readonly timestamp: number;
  readonly marker: boolean;
  readonly payload: Buffer;
}

/** Distance from `b` to `a` on the 16-bit circle of sequence numbers, -32768 to 32767. */
export function sequenceDistance(a: number, b: number): number {
  return ((a - b) << 16) >> 16;
}

/** Distance from `b` to `a` on the 32-bit circle of RTP timestamps. */
export function timestampDistance(a: number, b: number): number {
  return (a - b) | 0;
}

/** How many packets back a duplicate is recognised. */
const REMEMBERED = 2048;

/**
 * Tells packets from their copies: browsers send old packets again to probe for bandwidth, and
 * what was lost may come twice.
 */
export function createDuplicateFilter(): (sequenceNumber: number) => boolean {
  const seen = new Int32Array(REMEMBERED).fill(-1);
  return (sequenceNumber) => {
    const slot = sequenceNumber % REMEMBERED;
    if (seen[slot] === sequenceNumber) return true;
    seen[slot] = sequenceNumber;
    return false;
  };
}
