import { h264ParameterSetName } from './h264.js';

/** The payload that fits into one datagram with the headers of SRTP and a tunnel around it. */
const MAX_PAYLOAD = 1200;
const IDR = 5;
const SPS = 7;
const PPS = 8;
/** Delimiters, ends and filling: of no use in RTP. */
const LEFT_OUT = [9, 10, 11, 12];
const FU_A = 28;

/** Cuts H.264 into RTP payloads. */
export interface H264Packetizer {
  /**
   * The payloads of one access unit, given as NAL units (RFC 6184 sections 5.6 and 5.8), with every
   * parameter set in front of an IDR picture, so that anybody can begin there. `outside` are sets
   * that do not travel with the pictures; when they are others, all earlier sets are forgotten.
   */
  payloads(units: readonly Buffer[], outside: readonly Buffer[]): readonly Buffer[];
}

/** Starts without any parameter set. */
export function createH264Packetizer(): H264Packetizer {
  const sets = new Map<string, Buffer>();
  let known: readonly Buffer[] = [];
  return {
    payloads(units, outside) {
      if (outside !== known) {
        known = outside;
        sets.clear();
        for (const unit of outside) sets.set(h264ParameterSetName(unit), unit);
      }
      const kept = units.filter((unit) => !LEFT_OUT.includes(typeOf(unit)));
      const inBand = kept.filter(isParameterSet);
      for (const unit of inBand) sets.set(h264ParameterSetName(unit), unit);
      const isEntry = kept.some((unit) => typeOf(unit) === IDR);
      // Sequence parameter sets come first, by their names.
      const before = isEntry
        ? [...sets.keys()].sort().flatMap((name) => sets.get(name) ?? [])
        : inBand;
      return [...before, ...kept.filter((unit) => !isParameterSet(unit))].flatMap(fragments);
    },
  };
}

/** Whether a decoder can begin with these NAL units. */
export function hasIdr(units: readonly Buffer[]): boolean {
  return units.some((unit) => typeOf(unit) === IDR);
}

/** The sequence parameter set among NAL units. */
export function findSequenceSet(units: readonly Buffer[]): Buffer | undefined {
  return units.find((unit) => typeOf(unit) === SPS);
}

function fragments(unit: Buffer): readonly Buffer[] {
  if (unit.length <= MAX_PAYLOAD) return [unit];
  const head = unit.readUInt8();
  const parts: Buffer[] = [];
  for (let at = 1; at < unit.length; at += MAX_PAYLOAD - 2) {
    const end = Math.min(unit.length, at + MAX_PAYLOAD - 2);
    const start = at === 1 ? 0x80 : 0;
    const last = end === unit.length ? 0x40 : 0;
    const header = Buffer.from([(head & 0xe0) | FU_A, start | last | (head & 0x1f)]);
    parts.push(Buffer.concat([header, unit.subarray(at, end)]));
  }
  return parts;
}

function isParameterSet(unit: Buffer): boolean {
  return typeOf(unit) === SPS || typeOf(unit) === PPS;
}

function typeOf(unit: Buffer): number {
  return (unit[0] ?? 0) & 0x1f;
}
