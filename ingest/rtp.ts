/** The parts of an RTP packet that matter here (RFC 3550 section 5.1). */
export interface RtpPacket {
  readonly ssrc: number;
  readonly sequenceNumber: number;
  readonly timestamp: number;
  readonly marker: boolean;
  readonly payload: Buffer;
}

/** Reads one; undefined for what is none. The payload shares the memory of `bytes`. */
export function parseRtp(bytes: Buffer): RtpPacket | undefined {
  if (bytes.length < 12 || (bytes[0] ?? 0) >> 6 !== 2) return undefined;
  const flags = bytes.readUInt8(0);
  let start = 12 + (flags & 0x0f) * 4;
  if ((flags & 0x10) !== 0) {
    if (bytes.length < start + 4) return undefined;
    start += 4 + bytes.readUInt16BE(start + 2) * 4;
  }
  const padding = (flags & 0x20) === 0 ? 0 : (bytes.at(-1) ?? 0);
  if (start + padding > bytes.length) return undefined;
  return {
    ssrc: bytes.readUInt32BE(8),
    sequenceNumber: bytes.readUInt16BE(2),
    timestamp: bytes.readUInt32BE(4),
    marker: (bytes.readUInt8(1) & 0x80) !== 0,
    payload: bytes.subarray(start, bytes.length - padding),
  };
}
