/** Frame durations of the 32 configurations, in seconds (RFC 6716 section 3.1, table 2). */
const FRAME_SECONDS: readonly number[] = [
  ...[0, 1, 2].flatMap(() => [0.01, 0.02, 0.04, 0.06]),
  ...[0, 1].flatMap(() => [0.01, 0.02]),
  ...[0, 1, 2, 3].flatMap(() => [0.0025, 0.005, 0.01, 0.02]),
];

/** One packet of 20 ms of silence in Opus: stands in for what was lost. */
export const OPUS_SILENCE: Buffer = Buffer.from([0xf8, 0xff, 0xfe]);

/** How long one Opus packet plays, in seconds; 0 for an empty one. */
export function opusSeconds(payload: Buffer): number {
  const [toc] = payload;
  if (toc === undefined) return 0;
  const code = toc & 3;
  const frames = code === 0 ? 1 : code === 3 ? (payload[1] ?? 0) & 0x3f : 2;
  return frames * (FRAME_SECONDS[toc >> 3] ?? 0);
}

/** Stereo, joined in the middle: nothing to skip, no gain (RFC 7845 section 5.1). */
const OPUS_HEAD = Buffer.from('4f707573486561640102000080bb0000000000', 'hex');

/** The description of the incoming Opus for a muxer. */
export const OPUS_CONFIG = {
  codec: 'opus',
  sampleRate: 48_000,
  numberOfChannels: 2,
  description: OPUS_HEAD,
} as const;

/** The first eleven bits of the header that MPEG-TS puts before each packet of Opus. */
const CONTROL_PREFIX = 0x7fe0;

/** Opus packets of one PES packet, each with its time in ticks of 90 kHz (“Opus in MPEG-TS”, section 4.1). */
export function readOpusUnits(
  bytes: Buffer,
  startTicks: number,
): readonly { readonly ticks: number; readonly payload: Buffer }[] {
  const units: { ticks: number; payload: Buffer }[] = [];
  let ticks = startTicks;
  for (let at = 0; at + 3 <= bytes.length; ) {
    const head = bytes.readUInt16BE(at);
    if ((head & 0xffe0) !== CONTROL_PREFIX) break;
    at += 2;
    let size = 0;
    let part = 255;
    while (part === 255 && at < bytes.length) {
      part = bytes.readUInt8(at);
      size += part;
      at += 1;
    }
    if ((head & 0x10) !== 0) at += 2;
    if ((head & 0x08) !== 0) at += 2;
    if ((head & 0x04) !== 0) at += 1 + (bytes[at] ?? 0);
    const payload = bytes.subarray(at, at + size);
    at += size;
    if (payload.length > 0) units.push({ ticks, payload });
    ticks += opusSeconds(payload) * 90_000;
  }
  return units;
}
