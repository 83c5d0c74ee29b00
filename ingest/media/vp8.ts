/** The size of the picture, as a key frame gives it. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** Bytes of the VP8 payload descriptor in front of the codec's own data (RFC 7741 section 4.2). */
export function vp8DescriptorLength(payload: Buffer): number {
  const first = payload[0] ?? 0;
  if ((first & 0x80) === 0) return 1;
  const extension = payload[1] ?? 0;
  let length = 2;
  if ((extension & 0x80) !== 0) length += ((payload[2] ?? 0) & 0x80) !== 0 ? 2 : 1;
  if ((extension & 0x40) !== 0) length += 1;
  if ((extension & 0x30) !== 0) length += 1;
  return length;
}

/** The size of the picture if this RTP payload begins a VP8 key frame (RFC 6386 section 9.1). */
export function vp8KeyFrame(payload: Buffer): PictureSize | undefined {
  const first = payload[0];
  if (first === undefined || (first & 0x10) === 0 || (first & 0x07) !== 0) return undefined;
  const frame = payload.subarray(vp8DescriptorLength(payload));
  if (frame.length < 10 || ((frame[0] ?? 1) & 1) !== 0) return undefined;
  if (frame.readUIntBE(3, 3) !== 0x9d012a) return undefined;
  return { width: frame.readUInt16LE(6) & 0x3fff, height: frame.readUInt16LE(8) & 0x3fff };
}

/** One VP8 frame from its RTP payloads, in order. */
export function vp8Frame(payloads: readonly Buffer[]): Buffer {
  return Buffer.concat(payloads.map((payload) => payload.subarray(vp8DescriptorLength(payload))));
}
