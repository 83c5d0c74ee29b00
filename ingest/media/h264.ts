import type { PictureSize } from './vp8.js';

const NAL_IDR = 5;
const NAL_SPS = 7;
const NAL_PPS = 8;
const STAP_A = 24;
const FU_A = 28;
const START_CODE = Buffer.from([0, 0, 0, 1]);

/** The unit that one RTP payload of H.264 begins. */
export interface H264Start {
  /** An IDR picture starts here. */
  readonly idr: boolean;
  /** The sequence parameter set that travels in this payload. */
  readonly sps?: Buffer;
}

/** Looks into one RTP payload (RFC 6184 sections 5.6 to 5.8) for the start of a key frame. */
export function h264Start(payload: Buffer): H264Start {
  const type = (payload[0] ?? 0) & 0x1f;
  if (type === FU_A) {
    const header = payload[1] ?? 0;
    return { idr: (header & 0x80) !== 0 && (header & 0x1f) === NAL_IDR };
  }
  const units = type === STAP_A ? aggregated(payload) : [payload];
  const sps = units.find((unit) => nalType(unit) === NAL_SPS);
  const idr = units.some((unit) => nalType(unit) === NAL_IDR);
  return sps === undefined ? { idr } : { idr, sps };
}

/** One access unit as an Annex B byte stream from its RTP payloads, in order. */
export function h264AccessUnit(payloads: readonly Buffer[]): Buffer {
  const parts: Buffer[] = [];
  for (const payload of payloads) {
    const type = nalType(payload);
    if (type === FU_A) {
      const indicator = payload[0] ?? 0;
      const header = payload[1] ?? 0;
      if ((header & 0x80) !== 0) {
        parts.push(START_CODE, Buffer.from([(indicator & 0xe0) | (header & 0x1f)]));
      }
      parts.push(payload.subarray(2));
    } else if (type === STAP_A) {
      for (const unit of aggregated(payload)) parts.push(START_CODE, unit);
    } else {
      parts.push(START_CODE, payload);
    }
  }
  return Buffer.concat(parts);
}

/** The NAL units of a byte stream (ITU-T H.264 annex B). */
export function splitAnnexB(bytes: Buffer): readonly Buffer[] {
  const units: Buffer[] = [];
  const code = Buffer.from([0, 0, 1]);
  let start = bytes.indexOf(code);
  while (start >= 0) {
    const next = bytes.indexOf(code, start + 3);
    let end = next < 0 ? bytes.length : next;
    // Zeros before the next start code belong to no unit.
    while (end > start + 3 && bytes[end - 1] === 0) end -= 1;
    if (end > start + 3) units.push(bytes.subarray(start + 3, end));
    start = next;
  }
  return units;
}

/** Whether a player can start at this access unit: IDR, SPS and PPS are all in it. */
export function isH264Entry(payloads: readonly Buffer[]): boolean {
  const types = new Set(
    payloads.flatMap((payload) => {
      const type = nalType(payload);
      if (type === STAP_A) return aggregated(payload).map(nalType);
      return type === FU_A ? [(payload[1] ?? 0) & 0x1f] : [type];
    }),
  );
  return types.has(NAL_IDR) && types.has(NAL_SPS) && types.has(NAL_PPS);
}

/** The sequence parameter set of a frame, given as its RTP payloads; undefined if it carries none. */
export function h264Parameters(payloads: readonly Buffer[]): Buffer | undefined {
  return payloads.map((payload) => h264Start(payload).sps).find(Boolean);
}

/** Codec string of a sequence parameter set, such as `avc1.42e01f` (RFC 6381 section 3.3). */
export function h264CodecString(sps: Buffer): string {
  return `avc1.${sps.subarray(1, 4).toString('hex')}`;
}

/** The fields of a sequence parameter set that describe its pictures. */
export interface H264Format extends PictureSize {
  /** Every browser decodes it: progressive, 4:2:0, eight bits. */
  readonly isCommon: boolean;
}

/** Reads a sequence parameter set (ITU-T H.264 section 7.3.2.1.1); undefined if it cannot be read. */
export function h264Format(sps: Buffer): H264Format | undefined {
  try {
    return readFormat(new BitReader(withoutEmulation(sps.subarray(1))));
  } catch {
    return undefined;
  }
}

/** Picture size from a sequence parameter set, undefined if it cannot be read. */
export function h264Size(sps: Buffer): PictureSize | undefined {
  const format = h264Format(sps);
  return format === undefined ? undefined : { width: format.width, height: format.height };
}

/** Tells parameter sets apart: a later one with the same name takes the place of the earlier one. */
export function h264ParameterSetName(unit: Buffer): string {
  const isSequence = nalType(unit) === NAL_SPS;
  try {
    return `${isSequence ? 0 : 1}:${new BitReader(unit.subarray(isSequence ? 4 : 1)).ue()}`;
  } catch {
    return '';
  }
}

const WITH_CHROMA_FORMAT = [100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135];

function readFormat(bits: BitReader): H264Format {
  const profile = bits.read(8);
  bits.read(16);
  bits.ue();
  let chromaFormat = 1;
  let depth = 0;
  if (WITH_CHROMA_FORMAT.includes(profile)) {
    chromaFormat = bits.ue();
    if (chromaFormat === 3) bits.read(1);
    depth = bits.ue() + bits.ue();
    bits.read(1);
    const lists = bits.read(1) === 0 ? 0 : chromaFormat === 3 ? 12 : 8;
    for (let list = 0; list < lists; list += 1) {
      if (bits.read(1) === 1) skipScalingList(bits, list < 6 ? 16 : 64);
    }
  }
  bits.ue();
  const orderType = bits.ue();
  if (orderType === 0) bits.ue();
  if (orderType === 1) {
    bits.read(1);
    bits.ue();
    bits.ue();
    for (let left = bits.ue(); left > 0; left -= 1) bits.ue();
  }
  bits.ue();
  bits.read(1);
  const widthInMacroblocks = bits.ue() + 1;
  const heightInMapUnits = bits.ue() + 1;
  const frameOnly = bits.read(1);
  if (frameOnly === 0) bits.read(1);
  bits.read(1);
  const crop = bits.read(1) === 1 ? [bits.ue(), bits.ue(), bits.ue(), bits.ue()] : [0, 0, 0, 0];
  const [left = 0, right = 0, top = 0, bottom = 0] = crop;
  const unitX = chromaFormat === 1 || chromaFormat === 2 ? 2 : 1;
  const unitY = (chromaFormat === 1 ? 2 : 1) * (2 - frameOnly);
  return {
    width: widthInMacroblocks * 16 - (left + right) * unitX,
    height: heightInMapUnits * 16 * (2 - frameOnly) - (top + bottom) * unitY,
    isCommon: chromaFormat === 1 && depth === 0 && frameOnly === 1,
  };
}

/** Section 7.3.2.1.1.1; what is in it does not matter here, only where it ends. */
function skipScalingList(bits: BitReader, size: number): void {
  let last = 8;
  let next = 8;
  for (let at = 0; at < size; at += 1) {
    if (next !== 0) next = (last + bits.se() + 256) % 256;
    if (next !== 0) last = next;
  }
}

class BitReader {
  #position = 0;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  read(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i += 1) {
      const byte = this.#bytes[this.#position >> 3];
      if (byte === undefined) throw new Error('the parameter set ends too early');
      value = value * 2 + ((byte >> (7 - (this.#position & 7))) & 1);
      this.#position += 1;
    }
    return value;
  }

  /** Exp-Golomb code of a signed number. */
  se(): number {
    const code = this.ue();
    return code % 2 === 0 ? -code / 2 : (code + 1) / 2;
  }

  /** Exp-Golomb code; where only the length matters, the signed variant has the same. */
  ue(): number {
    let zeros = 0;
    while (this.read(1) === 0) {
      zeros += 1;
      if (zeros > 31) throw new Error('not an Exp-Golomb code');
    }
    return 2 ** zeros - 1 + this.read(zeros);
  }
}

function nalType(unit: Buffer): number {
  return (unit[0] ?? 0) & 0x1f;
}

function aggregated(payload: Buffer): Buffer[] {
  const units: Buffer[] = [];
  for (let at = 1; at + 2 <= payload.length; ) {
    const size = payload.readUInt16BE(at);
    if (size === 0 || at + 2 + size > payload.length) break;
    units.push(payload.subarray(at + 2, at + 2 + size));
    at += 2 + size;
  }
  return units;
}

/** Removes the emulation prevention bytes (section 7.4.1.1). */
function withoutEmulation(unit: Buffer): Buffer {
  const bytes: number[] = [];
  for (let i = 0; i < unit.length; i += 1) {
    const prevented = unit[i] === 3 && unit[i - 1] === 0 && unit[i - 2] === 0;
    if (!prevented) bytes.push(unit[i] ?? 0);
  }
  return Buffer.from(bytes);
}
