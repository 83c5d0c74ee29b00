import { matroskaFrame, matroskaHead } from '../media/matroska.js';
import type { MediaKind } from '../media/media-packet.js';
import { OPUS_CONFIG } from '../media/opus.js';
import type {
  EncoderReaderListener,
  EncoderUnit,
  TrackSetup,
} from '../transcoding/encoder-unit.js';
import type { RtmpMessage } from './rtmp-protocol.js';

const AUDIO = 8;
const VIDEO = 9;
/** Frames without a configuration are waited for as long, on the encoder's clock. */
const HEADERLESS_MS = 4000;
/** And no more than these, where its clock stands still. */
const HEADERLESS_FRAMES = 400;

/** Codecs by their number in the first byte (FLV 10.1, E.4.3.1 and E.4.2.1); ffmpeg reads these. */
const VIDEO_CODECS: Readonly<Record<number, string>> = {
  2: 'Sorenson H.263',
  3: 'Screen Video',
  4: 'VP6',
  5: 'VP6 with alpha',
  6: 'Screen Video 2',
  9: 'MPEG-4',
};
const AUDIO_CODECS: Readonly<Record<number, string>> = {
  0: 'PCM',
  1: 'ADPCM',
  2: 'MP3',
  3: 'PCM',
  4: 'Nellymoser',
  5: 'Nellymoser',
  6: 'Nellymoser',
  7: 'G.711 A-law',
  8: 'G.711 µ-law',
  11: 'Speex',
  14: 'MP3',
};
const AVC = 7;
const HEVC = 12;
const MP3 = 2;
const AAC = 10;
const ENHANCED_AUDIO = 9;

/** The names of the enhanced codecs in Matroska (Enhanced RTMP 2, FourCC tables). */
const MATROSKA: Readonly<Record<string, readonly [codec: string, id: string]>> = {
  hvc1: ['HEVC', 'V_MPEGH/ISO/HEVC'],
  hev1: ['HEVC', 'V_MPEGH/ISO/HEVC'],
  av01: ['AV1', 'V_AV1'],
  vp09: ['VP9', 'V_VP9'],
  vp08: ['VP8', 'V_VP8'],
  Opus: ['Opus', 'A_OPUS'],
  fLaC: ['FLAC', 'A_FLAC'],
  'ac-3': ['AC-3', 'A_AC3'],
  'ec-3': ['E-AC-3', 'A_EAC3'],
};
/** Frames of these make no sense without a configuration. */
const NEED_CONFIGURATION = ['avc1', 'mp4a', 'hvc1', 'hev1', 'av01', 'fLaC'];
/** The configuration of these is what Matroska keeps with a track. */
const KEEP_CONFIGURATION = ['hvc1', 'hev1', 'av01', 'Opus', 'fLaC'];

/** The content of a tag, in one form for both generations of RTMP. */
interface Tag {
  readonly kind: MediaKind;
  /** A FourCC, `avc1` and `mp4a` too; or the number of an old codec. */
  readonly codec: string | number;
  readonly part: 'configuration' | 'frame' | 'other';
  readonly isKey: boolean;
  readonly compositionMs: number;
  readonly data: Buffer;
}

/**
 * Reads what an encoder sends over RTMP: the tags of FLV, and of enhanced RTMP, whose codecs ffmpeg
 * reads from Matroska where it does not know them in FLV.
 */
export function createFlvReader(listener: EncoderReaderListener): (message: RtmpMessage) => void {
  const tracks = new Map<MediaKind, Track>();
  const headerless = new Map<MediaKind, { since: number; frames: number }>();

  const configure = (tag: Tag, configuration: Buffer, inBand: string) => {
    const setup = createSetup(tag, configuration, inBand);
    if (typeof setup === 'string') return listener.unreadable(setup);
    tracks.set(tag.kind, { codec: tag.codec, configuration, inBand, setup });
    headerless.delete(tag.kind);
  };
  const missing = ({ kind }: Tag, timeMs: number) => {
    const seen = headerless.get(kind) ?? { since: timeMs, frames: 0 };
    headerless.set(kind, seen);
    seen.frames += 1;
    if (timeMs - seen.since < HEADERLESS_MS && seen.frames < HEADERLESS_FRAMES) return;
    listener.unreadable(
      `The ${wordOf(kind)} came without its configuration (the sequence header), so nobody can decode it.`,
    );
  };
  return ({ type, timeMs, body }) => {
    if (type !== AUDIO && type !== VIDEO) return;
    const tag = type === VIDEO ? readVideoTag(body) : readAudioTag(body);
    if (typeof tag === 'string') return listener.unreadable(tag);
    if (tag === undefined || tag.part === 'other') return;
    const known = tracks.get(tag.kind);
    const goesOn = known !== undefined && known.codec === tag.codec;
    if (tag.part === 'configuration') {
      // Many encoders repeat it.
      if (!goesOn || !known.configuration.equals(tag.data)) configure(tag, tag.data, '');
      return;
    }
    if (tag.data.length === 0) return;
    if (!goesOn && needsConfiguration(tag.codec)) return missing(tag, timeMs);
    const inBand = tag.isKey ? inBandOf(tag, known?.setup.unitLength) : '';
    if (!goesOn) configure(tag, Buffer.alloc(0), inBand);
    else if (inBand !== '' && inBand !== known.inBand) configure(tag, known.configuration, inBand);
    const setup = tracks.get(tag.kind)?.setup;
    const unit = setup === undefined ? undefined : createUnit(setup, tag, timeMs);
    if (unit !== undefined) listener.unit(unit);
  };
}

/** A track as far as it is known. */
interface Track {
  readonly codec: Tag['codec'];
  readonly configuration: Buffer;
  /** The part of a key frame that gives its size. */
  readonly inBand: string;
  readonly setup: FlvSetup;
}

/** With the bytes of each length before a NAL unit. */
interface FlvSetup extends TrackSetup {
  readonly unitLength: number;
}

/** Key frames may bring new parameters without a word before: what tells them from the old ones. */
function inBandOf({ codec, data }: Tag, unitLength = 4): string {
  switch (codec) {
    case 'avc1':
      return hexOf(splitByLength(data, unitLength).find((unit) => (unit.readUInt8() & 0x1f) === 7));
    case 'hvc1':
    case 'hev1':
      return hexOf(splitByLength(data, 4).find((unit) => ((unit.readUInt8() >> 1) & 0x3f) === 33));
    case 'vp08':
      return hexOf(data.subarray(3, 10));
    case 'vp09':
      // The size ends with the upper half of the ninth byte.
      return hexOf(data.subarray(0, 9)).slice(0, -1);
    default:
      return '';
  }
}

function hexOf(bytes: Buffer | undefined): string {
  return bytes?.toString('hex') ?? '';
}

function needsConfiguration(codec: Tag['codec']): boolean {
  return NEED_CONFIGURATION.includes(String(codec));
}

function wordOf(kind: MediaKind): string {
  return kind === 'video' ? 'picture' : 'sound';
}

function readVideoTag(body: Buffer): Tag | string | undefined {
  const [first = 0, second = 0] = body;
  if (body.length < 2) return undefined;
  const kind = 'video';
  if ((first & 0x80) !== 0) return readEnhancedTag(kind, body, (first >> 4) & 7);
  const frameType = first >> 4;
  const codec = first & 0x0f;
  // A command to the decoder, not a picture.
  if (frameType === 5) return undefined;
  const isKey = frameType === 1 || frameType === 4;
  if (codec === AVC || codec === HEVC) {
    if (body.length < 5) return undefined;
    const part = second === 0 ? 'configuration' : second === 1 ? 'frame' : 'other';
    const compositionMs = body.readIntBE(2, 3);
    const name = codec === AVC ? 'avc1' : 'hvc1';
    return { kind, codec: name, part, isKey, compositionMs, data: body.subarray(5) };
  }
  if (VIDEO_CODECS[codec] === undefined) return unknown(kind, `number ${codec}`);
  return { kind, codec, part: 'frame', isKey, compositionMs: 0, data: body };
}

function readAudioTag(body: Buffer): Tag | string | undefined {
  const [first = 0, second = 0] = body;
  if (body.length < 2) return undefined;
  const kind = 'audio';
  const codec = first >> 4;
  if (codec === ENHANCED_AUDIO) return readEnhancedTag(kind, body, 1);
  const rest = { kind, isKey: true, compositionMs: 0 } as const;
  if (codec === AAC) {
    const part = second === 0 ? 'configuration' : 'frame';
    return { ...rest, codec: 'mp4a', part, data: body.subarray(2) };
  }
  if (AUDIO_CODECS[codec] === undefined) return unknown(kind, `number ${codec}`);
  return { ...rest, codec, part: 'frame', data: body };
}

/** Enhanced RTMP 2: the packet's type in the first byte, then the codec's FourCC. */
function readEnhancedTag(
  kind: MediaKind,
  body: Buffer,
  frameType: number,
): Tag | string | undefined {
  let packetType = body.readUInt8(0) & 0x0f;
  let at = 1;
  // Extras in front, such as nanoseconds, of which each tells the type of what follows.
  while (packetType === 7 && at + 1 < body.length) {
    const short = body.readUInt8(at) + 1;
    const long = short === 256;
    if (long && at + 3 > body.length) return undefined;
    at += long ? 3 + body.readUInt16BE(at + 1) + 1 : 1 + short;
    packetType = (body[at] ?? 0) & 0x0f;
    at += 1;
  }
  if (kind === 'video' && frameType === 5) return undefined;
  if (packetType === (kind === 'video' ? 6 : 5)) {
    return `The ${wordOf(kind)} comes in several tracks in one message (multitrack): send one.`;
  }
  if (body.length < at + 4) return undefined;
  const codec = body.toString('latin1', at, at + 4);
  at += 4;
  const known = MATROSKA[codec] !== undefined || ['avc1', 'mp4a', '.mp3'].includes(codec);
  if (!known) return unknown(kind, `"${codec.replaceAll(/[^\w.-]/g, '?')}"`);
  const isFrame = packetType === 1 || (packetType === 3 && kind === 'video');
  const part = packetType === 0 ? 'configuration' : isFrame ? 'frame' : 'other';
  const hasComposition = packetType === 1 && ['hvc1', 'hev1', 'avc1'].includes(codec);
  if (hasComposition && body.length < at + 3) return undefined;
  const compositionMs = hasComposition ? body.readIntBE(at, 3) : 0;
  const data = body.subarray(hasComposition ? at + 3 : at);
  if (codec === '.mp3') {
    // The configuration is empty, and frames travel in FLV as they always did.
    const old = Buffer.concat([Buffer.from([(MP3 << 4) | 0x0f]), data]);
    const other = part === 'configuration' ? 'other' : part;
    return { kind, codec: MP3, part: other, isKey: true, compositionMs: 0, data: old };
  }
  return { kind, codec, part, isKey: kind === 'audio' || frameType === 1, compositionMs, data };
}

function unknown(kind: MediaKind, codec: string): string {
  const advice = kind === 'video' ? 'H.264' : 'AAC';
  return `The ${wordOf(kind)} has a codec that nobody here can read (${codec}): send ${advice}.`;
}

function createSetup(
  { kind, codec }: Tag,
  configuration: Buffer,
  inBand: string,
): FlvSetup | string {
  const flags = kind === 'video' ? 1 : 4;
  const header = Buffer.from([0x46, 0x4c, 0x56, 1, flags, 0, 0, 0, 9, 0, 0, 0, 0]);
  const id = `${codec}:${hexOf(configuration)}:${inBand}`;
  const base = { kind, id, parameterSets: [], unitLength: 4 };
  if (codec === 'avc1') {
    const sets = parameterSetsOf(configuration);
    if (sets === undefined) return 'The configuration of the picture (H.264) cannot be read.';
    const prefix = Buffer.from([0x17, 0, 0, 0, 0]);
    const head = Buffer.concat([header, flvTag(kind, 0, prefix, configuration)]);
    const unitLength = (configuration.readUInt8(4) & 3) + 1;
    return { ...base, codec: 'H.264', container: 'flv', head, parameterSets: sets, unitLength };
  }
  if (codec === 'mp4a') {
    const head = Buffer.concat([header, flvTag(kind, 0, Buffer.from([0xaf, 0]), configuration)]);
    return { ...base, codec: 'AAC', container: 'flv', head };
  }
  if (typeof codec === 'number') {
    const names = kind === 'video' ? VIDEO_CODECS : AUDIO_CODECS;
    return { ...base, codec: names[codec] ?? '', container: 'flv', head: header };
  }
  const [name = '', codecId = ''] = MATROSKA[codec] ?? [];
  const fallback = codec === 'Opus' ? OPUS_CONFIG.description : undefined;
  const own = configuration.length > 0 && KEEP_CONFIGURATION.includes(codec);
  const head = matroskaHead({ kind, codecId, codecPrivate: own ? configuration : fallback });
  return { ...base, codec: name, container: 'matroska', head };
}

function createUnit(
  setup: FlvSetup,
  { kind, codec, isKey, compositionMs, data }: Tag,
  timeMs: number,
): EncoderUnit | undefined {
  const ptsMs = timeMs + compositionMs;
  const unit = { setup, ptsMs, dtsMs: timeMs, isKey };
  if (setup.container === 'matroska') {
    return { ...unit, bytes: matroskaFrame(ptsMs, isKey, data) };
  }
  if (codec === 'mp4a') {
    return { ...unit, bytes: flvTag(kind, timeMs, Buffer.from([0xaf, 1]), data) };
  }
  if (codec !== 'avc1') return { ...unit, bytes: flvTag(kind, timeMs, data) };
  const prefix = Buffer.from([isKey ? 0x17 : 0x27, 1, 0, 0, 0]);
  prefix.writeIntBE(compositionMs, 2, 3);
  const nalUnits = splitByLength(data, setup.unitLength);
  if (nalUnits.length === 0) return undefined;
  return { ...unit, bytes: flvTag(kind, timeMs, prefix, data), nalUnits };
}

/** One FLV tag with the size behind it (E.4.1). */
function flvTag(kind: MediaKind, timeMs: number, ...body: readonly Buffer[]): Buffer {
  const size = body.reduce((sum, { length }) => sum + length, 0);
  const head = Buffer.alloc(11);
  head.writeUInt8(kind === 'video' ? VIDEO : AUDIO);
  head.writeUIntBE(size, 1, 3);
  head.writeUIntBE(timeMs & 0xff_ffff, 4, 3);
  head.writeUInt8((timeMs >>> 24) & 0xff, 7);
  const tail = Buffer.alloc(4);
  tail.writeUInt32BE(11 + size);
  return Buffer.concat([head, ...body, tail]);
}

/** The parameter sets of an AVCDecoderConfigurationRecord (ISO/IEC 14496-15 section 5.3.3.1). */
function parameterSetsOf(record: Buffer): readonly Buffer[] | undefined {
  if (record.length < 7 || record[0] !== 1) return undefined;
  const sets: Buffer[] = [];
  let at = 5;
  for (const mask of [0x1f, 0xff]) {
    const count = (record[at] ?? 0) & mask;
    at += 1;
    for (let index = 0; index < count; index += 1) {
      if (at + 2 > record.length) return undefined;
      const end = at + 2 + record.readUInt16BE(at);
      if (end > record.length) return undefined;
      sets.push(record.subarray(at + 2, end));
      at = end;
    }
  }
  return sets.length >= 2 ? sets : undefined;
}

function splitByLength(data: Buffer, lengthSize: number): readonly Buffer[] {
  const units: Buffer[] = [];
  for (let at = 0; at + lengthSize < data.length; ) {
    const end = at + lengthSize + data.readUIntBE(at, lengthSize);
    if (end > data.length) break;
    if (end > at + lengthSize) units.push(data.subarray(at + lengthSize, end));
    at = end;
  }
  return units;
}
