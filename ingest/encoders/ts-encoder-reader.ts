import { splitAnnexB } from '../media/h264.js';
import type { MediaKind } from '../media/media-packet.js';
import { createTsReader, type TsStream, type TsUnit, ticksDistance } from '../media/mpeg-ts.js';
import type { EncoderReaderListener, TrackSetup } from '../transcoding/encoder-unit.js';

const TICKS_PER_MS = 90;
/** So much that makes no sense, and nothing that does, is nobody's transport stream. */
const MAX_NOISE = 64;

/** Stream types (ISO/IEC 13818-1 table 2-34, and those of ATSC) that ffmpeg knows. */
const TYPES: Readonly<Record<number, readonly [kind: MediaKind, codec: string]>> = {
  1: ['video', 'MPEG-1'],
  2: ['video', 'MPEG-2'],
  3: ['audio', 'MP3'],
  4: ['audio', 'MP2'],
  15: ['audio', 'AAC'],
  16: ['video', 'MPEG-4'],
  17: ['audio', 'AAC (LATM)'],
  27: ['video', 'H.264'],
  36: ['video', 'HEVC'],
  51: ['video', 'VVC'],
  129: ['audio', 'AC-3'],
  130: ['audio', 'DTS'],
  135: ['audio', 'E-AC-3'],
  209: ['video', 'Dirac'],
  234: ['video', 'VC-1'],
};
/** The codec of a private stream, by its registration (SMPTE RA). */
const REGISTRATIONS: Readonly<Record<string, readonly [kind: MediaKind, codec: string]>> = {
  Opus: ['audio', 'Opus'],
  'AC-3': ['audio', 'AC-3'],
  EAC3: ['audio', 'E-AC-3'],
  BSSD: ['audio', 'SMPTE 302M'],
  DTS1: ['audio', 'DTS'],
  DTS2: ['audio', 'DTS'],
  DTS3: ['audio', 'DTS'],
  HEVC: ['video', 'HEVC'],
  AV01: ['video', 'AV1'],
  'VC-1': ['video', 'VC-1'],
};
const REGISTRATION = 5;
/** And by the descriptors of DVB (EN 300 468). */
const DVB: Readonly<Record<number, string>> = { 106: 'AC-3', 122: 'E-AC-3', 123: 'DTS' };

/** Reads what an encoder sends over SRT: the first picture and the first sound of MPEG-TS. */
export function createTsEncoderReader(listener: EncoderReaderListener): (bytes: Buffer) => void {
  let chosen = new Map<number, readonly [kind: MediaKind, codec: string]>();
  const setups = new Map<number, TrackSetup>();
  const clocks = new Map<number, { ticks: number; dtsMs: number }>();
  let noise = 0;
  let first: number | undefined;

  // Time stamps start again after 26 hours; the milliseconds go on.
  const unwrap = (pid: number, dts: number) => {
    first ??= dts;
    const clock = clocks.get(pid) ?? { ticks: first, dtsMs: first / TICKS_PER_MS };
    const dtsMs = clock.dtsMs + ticksDistance(dts, clock.ticks) / TICKS_PER_MS;
    clocks.set(pid, { ticks: dts, dtsMs });
    return dtsMs;
  };
  return createTsReader({
    streams(streams) {
      noise = 0;
      const known = streams.flatMap((stream) => {
        const identity = identify(stream);
        return identity === undefined ? [] : [{ pid: stream.pid, identity }];
      });
      const firstOf = (kind: MediaKind) => known.find(({ identity }) => identity[0] === kind);
      const kept = [firstOf('video'), firstOf('audio')].filter((each) => each !== undefined);
      chosen = new Map(kept.map(({ pid, identity }) => [pid, identity]));
      if (streams.length > 0 && chosen.size === 0) {
        listener.unreadable(
          'There is neither a picture nor sound in it that anybody here can read: send H.264 and AAC.',
        );
      }
    },
    unit(unit) {
      const { pid, type } = unit.stream;
      const [kind, codec] = chosen.get(pid) ?? [];
      if (kind === undefined || codec === undefined || unit.payload.length === 0) return;
      noise = 0;
      const nalUnits = type === 27 ? splitAnnexB(unit.payload) : undefined;
      const inBand = kind === 'video' ? inBandOf(unit) : '';
      const before = setups.get(pid);
      const id = `${unit.stream.head.toString('hex')}:`;
      if (!before?.id.startsWith(id) || (inBand !== '' && before.id !== id + inBand)) {
        const { head } = unit.stream;
        const rest = { container: 'mpegts', head, parameterSets: [] } as const;
        setups.set(pid, { kind, codec, id: id + inBand, ...rest });
      }
      const setup = setups.get(pid);
      if (setup === undefined) return;
      const dtsMs = unwrap(pid, unit.dts);
      listener.unit({
        setup,
        dtsMs,
        ptsMs: dtsMs + ticksDistance(unit.pts, unit.dts) / TICKS_PER_MS,
        isKey: kind === 'audio' || unit.isRandomAccess || inBand !== '',
        bytes: unit.packets,
        ...(nalUnits === undefined ? {} : { nalUnits }),
      });
    },
    noise(what) {
      noise += 1;
      if (noise !== MAX_NOISE) return;
      listener.unreadable(
        what === 'scrambled'
          ? 'The picture or the sound is scrambled: send it in the clear.'
          : 'What comes in is no MPEG transport stream: set the output to MPEG-TS.',
      );
    },
  });
}

function identify({ type, descriptors }: TsStream) {
  const isPrivate = type === 6 || type >= 128;
  for (let at = 0; isPrivate && at + 2 <= descriptors.length; ) {
    const tag = descriptors.readUInt8(at);
    const end = at + 2 + descriptors.readUInt8(at + 1);
    const dvb = DVB[tag];
    if (dvb !== undefined && type === 6) return ['audio', dvb] as const;
    const registered = REGISTRATIONS[descriptors.toString('latin1', at + 2, at + 6)];
    if (tag === REGISTRATION && registered !== undefined) return registered;
    at = end;
  }
  return TYPES[type];
}

/** The part of a picture that gives its size: a decoder can begin where it is there. */
function inBandOf({ stream: { type }, payload }: TsUnit): string {
  const isHevc = type === 36;
  if (type === 1 || type === 2) {
    const at = payload.indexOf('000001b3', 0, 'hex');
    return at < 0 ? '' : payload.toString('hex', at + 4, at + 7);
  }
  if (type !== 27 && !isHevc) return '';
  const found = splitAnnexB(payload).find((unit) =>
    isHevc ? ((unit.readUInt8() >> 1) & 0x3f) === 33 : (unit.readUInt8() & 0x1f) === 7,
  );
  return found?.toString('hex') ?? '';
}
