import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { h264AccessUnit, h264Format, isH264Entry, splitAnnexB } from '../media/h264.js';
import { createH264Packetizer } from '../media/h264-packetizer.js';
import { type FlvTag, makeContainer, makeTags } from '../testing/rtmp-publisher.js';
import type { EncoderUnit } from '../transcoding/encoder-unit.js';
import { createEncoderClock } from './encoder-clock.js';
import { createFlvReader } from './flv-reader.js';
import { createTsEncoderReader } from './ts-encoder-reader.js';

let tags: readonly FlvTag[];
let stream: Buffer;
beforeAll(async () => {
  const clip = { seconds: 1 };
  [tags, stream] = await Promise.all([makeTags(clip), makeContainer('mpegts', clip)]);
}, 60_000);

function readFlv(messages: readonly FlvTag[]) {
  const units: EncoderUnit[] = [];
  const complaints: string[] = [];
  const read = createFlvReader({
    unit: (unit) => units.push(unit),
    unreadable: (reason) => complaints.push(reason),
  });
  for (const message of messages) read(message);
  return { units, complaints };
}

function readTs(parts: readonly Buffer[]) {
  const units: EncoderUnit[] = [];
  const complaints: string[] = [];
  const read = createTsEncoderReader({
    unit: (unit) => units.push(unit),
    unreadable: (reason) => complaints.push(reason),
  });
  for (const part of parts) read(part);
  return { units, complaints };
}

const summary = (units: readonly EncoderUnit[]) =>
  units.map(({ setup, dtsMs, isKey, nalUnits }) => [
    setup.kind,
    setup.codec,
    Math.round(dtsMs),
    isKey,
    nalUnits?.length,
  ]);

describe('what an encoder sends over RTMP', () => {
  it('is read as pictures and sound, each with how it is coded', () => {
    const { units, complaints } = readFlv(tags);
    expect(complaints).toEqual([]);
    const pictures = units.filter(({ setup }) => setup.kind === 'video');
    expect(pictures).toHaveLength(25);
    expect(pictures[0]).toMatchObject({ dtsMs: 21, ptsMs: 21, isKey: true });
    expect(pictures[0]?.setup).toMatchObject({ codec: 'H.264', container: 'flv' });
    expect(pictures[0]?.setup.parameterSets).toHaveLength(2);
    expect(new Set(units.map(({ setup }) => setup.id)).size).toBe(2);
  });

  it('goes on when the configuration is repeated, and begins anew when it is another', () => {
    const header = tags.find(({ type, body }) => type === 9 && body[1] === 0);
    const frame = tags.find(({ type, body }) => type === 9 && body[1] === 1);
    if (header === undefined || frame === undefined) throw new Error('The clip has both.');
    const changed = Buffer.from(header.body);
    changed.writeUInt8(changed.readUInt8(8) + 1, 8);
    const ids = (body: Buffer) =>
      readFlv([header, frame, { ...header, body }, frame]).units.map(({ setup }) => setup.id);
    expect(new Set(ids(header.body)).size).toBe(1);
    expect(new Set(ids(changed)).size).toBe(2);
  });

  it.each<[string, number, string, RegExp]>([
    ['a number that no codec has', 9, '1d0100000000', /picture has a codec .*number 13.*H\.264/],
    ['sound of a number that no codec has', 8, 'cf0100', /sound has a codec .*number 12.*AAC/],
    ['a FourCC that no codec has', 9, '9177767663000000', /codec .*"wvvc"/],
    ['several tracks in one message', 9, '9600', /multitrack/],
    ['a configuration that makes no sense', 9, '170000000000', /configuration .* cannot be read/],
  ])('is refused in words: %s', (_, type, hex, words) => {
    const { complaints } = readFlv([{ type, timeMs: 0, body: Buffer.from(hex, 'hex') }]);
    expect(complaints[0]).toMatch(words);
  });

  it('is waited for its configuration, but not for ever', () => {
    const frames = tags.filter(({ type, body }) => type === 9 && body[1] === 1);
    const headerless = [0, 1, 2, 3, 4].flatMap((second) =>
      frames.map((tag) => ({ ...tag, timeMs: tag.timeMs + second * 1000 })),
    );
    expect(readFlv(headerless.slice(0, 80)).complaints).toEqual([]);
    expect(readFlv(headerless).complaints[0]).toMatch(/without its configuration/);
    const still = Array.from({ length: 500 }, () => ({ ...headerless[0], timeMs: 0 }) as FlvTag);
    expect(readFlv(still).complaints[0]).toMatch(/without its configuration/);
  });

  it('may be any bytes', () => {
    const message = fc.record({
      type: fc.constantFrom(8, 9, 15, 18),
      timeMs: fc.nat(),
      body: fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
    });
    fc.assert(fc.property(fc.array(message, { maxLength: 12 }), (all) => void readFlv(all)));
  });
});

describe('what an encoder sends over SRT', () => {
  it('is the same wherever its bytes are cut, and whatever is between', () => {
    const whole = readTs([stream]);
    expect(whole.complaints).toEqual([]);
    expect(whole.units.filter(({ setup }) => setup.codec === 'H.264').length).toBeGreaterThan(22);
    expect(whole.units.filter(({ setup }) => setup.codec === 'AAC').length).toBeGreaterThan(3);
    fc.assert(
      fc.property(fc.array(fc.nat({ max: stream.length }), { maxLength: 8 }), (cuts) => {
        const edges = [0, ...cuts.sort((left, right) => left - right), stream.length];
        const parts = edges.slice(1).map((end, at) => stream.subarray(edges[at], end));
        expect(summary(readTs(parts).units)).toEqual(summary(whole.units));
      }),
      { numRuns: 20 },
    );
    const packet = 188 * 10;
    const noisy = [stream.subarray(0, packet), Buffer.alloc(50), stream.subarray(packet)];
    expect(summary(readTs(noisy).units)).toEqual(summary(whole.units));
  });

  it('is refused in words when it is scrambled, no transport stream, or has no media', () => {
    const scrambled = Buffer.from(stream);
    for (let at = 0; at < scrambled.length; at += 188) {
      const pid = scrambled.readUInt16BE(at + 1) & 0x1fff;
      if (pid >= 256) scrambled.writeUInt8(scrambled.readUInt8(at + 3) | 0x80, at + 3);
    }
    expect(readTs([scrambled]).complaints[0]).toMatch(/scrambled/);
    const noise = Buffer.alloc(40_000, 0x11);
    for (let at = 0; at < noise.length; at += 100) noise.writeUInt8(0x47, at);
    expect(readTs([Buffer.alloc(64 * 200, 0x11), noise]).complaints[0]).toMatch(/MPEG-TS/);
  });

  it('may be any bytes', () => {
    const packet = fc.uint8Array({ minLength: 184, maxLength: 187 }).map((bytes) => {
      const head = Buffer.from([0x47, 0x40 | ((bytes[0] ?? 0) & 1), (bytes[1] ?? 0) & 0x1f]);
      return Buffer.concat([head, Buffer.from(bytes)]);
    });
    fc.assert(fc.property(fc.array(packet), (packets) => void readTs(packets)));
  });
});

describe('H.264 in RTP', () => {
  it('is what went in, with the parameter sets before each picture to begin with', () => {
    const { units } = readFlv(tags);
    const packetizer = createH264Packetizer();
    const pictures = units.filter(({ setup }) => setup.kind === 'video');
    for (const { nalUnits = [], setup, isKey } of pictures) {
      const payloads = packetizer.payloads(nalUnits, setup.parameterSets);
      expect(Math.max(...payloads.map(({ length }) => length))).toBeLessThanOrEqual(1200);
      expect(isH264Entry(payloads)).toBe(isKey);
      const out = splitAnnexB(h264AccessUnit(payloads));
      const sets = isKey ? setup.parameterSets : [];
      expect(out).toEqual([...sets, ...nalUnits]);
    }
  });

  it('takes the newest parameter sets of each name', () => {
    const packetizer = createH264Packetizer();
    const outside = [Buffer.from('6742c01eda', 'hex'), Buffer.from('68ce3c80', 'hex')];
    const idr = Buffer.from('6588', 'hex');
    const types = (payloads: readonly Buffer[]) => payloads.map(([first = 0]) => first & 31);
    expect(types(packetizer.payloads([idr], outside))).toEqual([7, 8, 5]);
    const newer = Buffer.from('6742c01fda', 'hex');
    expect(packetizer.payloads([newer, idr], outside)[0]).toBe(newer);
    expect(packetizer.payloads([idr], outside)[0]).toBe(newer);
    expect(packetizer.payloads([idr], [...outside])[0]).toBe(outside[0]);
  });

  it('tells sizes, with scaling lists too, and what no browser decodes', async () => {
    const spsOf = async (video: readonly string[], size = '322x182') => {
      const clip = await makeTags({ seconds: 0.2, size, video });
      const { units } = readFlv(clip);
      return h264Format(
        units.find(({ setup }) => setup.kind === 'video')?.setup.parameterSets[0] ??
          Buffer.alloc(0),
      );
    };
    const size = { width: 322, height: 182 };
    const x264 = ['-c:v', 'libx264', '-preset', 'fast'];
    expect(await spsOf(x264)).toEqual({ ...size, isCommon: true });
    expect(await spsOf([...x264, '-x264-params', 'cqm=jvt'])).toEqual({ ...size, isCommon: true });
    const interlaced = await spsOf(
      [...x264, '-flags', '+ildct', '-x264-params', 'tff=1'],
      '322x180',
    );
    expect(interlaced).toEqual({ width: 322, height: 180, isCommon: false });
    const deep = await spsOf([...x264, '-profile:v', 'high444', '-qp', '0', '-pix_fmt', 'yuv444p']);
    expect(deep?.isCommon).toBe(false);
  }, 30_000);
});

describe('the clock of an encoder', () => {
  it('keeps picture and sound as far apart as they were meant, however they arrive', () => {
    const clock = createEncoderClock();
    expect(clock.place('video', 5000, 100_000)).toEqual({ at: 100_000, count: 1 });
    expect(clock.place('audio', 5020, 100_900)).toEqual({ at: 100_020, count: 1 });
    expect(clock.place('video', 9000, 100_950).at).toBe(104_000);
    expect(clock.place('audio', 25_020, 120_900)).toEqual({ at: 120_020, count: 1 });
  });

  it('begins anew when the encoder does', () => {
    const clock = createEncoderClock();
    clock.place('video', 500_000, 100_000);
    clock.place('audio', 500_000, 100_000);
    expect(clock.place('video', 0, 101_000)).toEqual({ at: 101_000, count: 2 });
    expect(clock.place('audio', 10, 101_200)).toEqual({ at: 101_010, count: 2 });
    expect(clock.place('video', 900_000, 101_300)).toEqual({ at: 101_300, count: 3 });
  });
});
