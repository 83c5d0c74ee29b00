import { PassThrough } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { type MediaKind, type MediaPacket, timestampDistance } from '../media/media-packet.js';
import { createRtpFlow } from '../media/rtp-flow.js';
import { type FlvTag, makeContainer, makeTags } from '../testing/rtmp-publisher.js';
import { createEncoderTrack, type EncoderTrack } from '../transcoding/encoder-track.js';
import type { EncoderReaderListener, EncoderUnit } from '../transcoding/encoder-unit.js';
import type { Ffmpeg } from '../transcoding/ffmpeg.js';
import { createEncoderClock } from './encoder-clock.js';
import { createFlvReader } from './flv-reader.js';
import { createTsEncoderReader } from './ts-encoder-reader.js';

const CLIPS = [
  { seconds: 1 },
  { seconds: 1, size: '180x320' },
  { seconds: 1, video: ['-c:v', 'libx264', '-bf', '2', '-g', '25'], audio: ['-c:a', 'mp2'] },
  { seconds: 1, video: ['-c:v', 'flv1'], audio: ['-c:a', 'libmp3lame', '-ar', '44100'] },
] as const;
const PACKET = 188;
const RUNS = 150;

let flv: readonly (readonly FlvTag[])[];
let ts: readonly Buffer[];
beforeAll(async () => {
  const [own, both, ordered, old] = CLIPS;
  [flv, ts] = await Promise.all([
    Promise.all([own, both, old].map(makeTags)),
    Promise.all([own, both, ordered].map((clip) => makeContainer('mpegts', clip))),
  ]);
}, 60_000);

/** A stretch of one of the clips, as it is, after a pause or a step of the encoder's clock. */
const stretch = fc.record({
  clip: fc.nat(2),
  from: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.nat(60),
  without: fc.constantFrom<readonly MediaKind[]>([], ['video'], ['audio']),
  stepMs: fc.oneof(fc.constant(0), fc.integer({ min: -40_000, max: 60_000 })),
  passedMs: fc.nat(20_000),
});
type Stretch = typeof stretch extends fc.Arbitrary<infer Value> ? Value : never;

/** An ffmpeg that makes nothing of what it is given, and says so. */
const HELPLESS: Ffmpeg = {
  start: () => ({
    stdin: new PassThrough().resume(),
    stdout: new PassThrough(),
    ended: Promise.resolve({ code: 1, complaint: 'Nothing can be made of it.' }),
    kill: async () => {},
  }),
  speaks: async () => true,
  running: 0,
  killAll: async () => {},
};

/** The units of an encoder on their way to RTP, as an encoder session passes them on. */
function takeIn() {
  const clock = createEncoderClock();
  const flows = { video: createRtpFlow('video'), audio: createRtpFlow('audio') };
  const packets: Record<MediaKind, MediaPacket[]> = { video: [], audio: [] };
  const units: Record<MediaKind, EncoderUnit[]> = { video: [], audio: [] };
  const tracks = new Map<MediaKind, EncoderTrack>();
  const told: string[] = [];
  let now = 1_800_000_000_000;
  const openTrack = (kind: MediaKind) => {
    const track = createEncoderTrack(kind, HELPLESS, {
      media: (payloads, at) => packets[kind].push(...flows[kind].packets(payloads, at)),
      drained() {},
      failed: (reason) => told.push(reason),
      keyless: (seconds) => told.push(`No key frame came for ${seconds} s.`),
    });
    tracks.set(kind, track);
    return track;
  };
  const listener: EncoderReaderListener = {
    unit(unit) {
      const { kind } = unit.setup;
      units[kind].push(unit);
      const when = clock.place(kind, unit.dtsMs, now);
      (tracks.get(kind) ?? openTrack(kind)).take(unit, when);
    },
    unreadable: (reason) => told.push(reason),
  };
  return {
    listener,
    pass(ms: number) {
      now += ms;
    },
    async end() {
      await turn();
      await Promise.all([...tracks.values()].map((track) => track.close()));
      return { packets, units, told };
    },
  };
}

/** Whatever came in, and in whatever order: what goes on is in order, and nothing is lost unsaid. */
async function holds({ end }: ReturnType<typeof takeIn>): Promise<void> {
  const { packets, units, told } = await end();
  for (const kind of ['video', 'audio'] as const) {
    packets[kind].reduce<MediaPacket | undefined>((last, packet) => {
      if (last === undefined) return packet;
      expect((packet.sequenceNumber - last.sequenceNumber) & 0xffff).toBe(1);
      const step = timestampDistance(packet.timestamp, last.timestamp);
      // A picture's packets have one time stamp, the next one's a later.
      if (last.marker || kind === 'audio') expect(step).toBeGreaterThan(0);
      else expect(step).toBe(0);
      return packet;
    }, undefined);
  }
  if (units.audio.length > 0) expect(told.join()).toMatch(/sound .*cannot be converted/);
  const begin = units.video.findIndex(({ isKey }) => isKey);
  // So many pictures show in which order they come.
  const isEnough = begin >= 0 && units.video.length - begin >= 4;
  if (isEnough && packets.video.length === 0) {
    expect(told.join()).toMatch(/picture .*cannot be converted/);
  }
}

it('what comes over RTMP goes on in order or is told, in whatever order it comes', async () => {
  const send = async (stretches: readonly Stretch[], order: readonly number[]) => {
    const ingest = takeIn();
    const read = createFlvReader(ingest.listener);
    let startMs = 0;
    for (const { clip, from, length, without, stepMs, passedMs } of stretches) {
      ingest.pass(passedMs);
      startMs = Math.max(0, startMs + stepMs);
      const tags = flv[clip] ?? [];
      const first = Math.floor(from * tags.length);
      const part = tags.slice(first, first + length);
      // Some of them change places.
      for (const at of order) part.push(...part.splice(at % (part.length + 1), 1));
      for (const tag of part) {
        if (without.includes(tag.type === 9 ? 'video' : 'audio')) continue;
        read({ ...tag, timeMs: tag.timeMs + startMs });
      }
    }
    await holds(ingest);
  };
  await fc.assert(
    fc.asyncProperty(
      fc.array(stretch, { maxLength: 8 }),
      fc.array(fc.nat(60), { maxLength: 4 }),
      send,
    ),
    { numRuns: RUNS },
  );
}, 60_000);

it('what comes over SRT goes on in order or is told, in whatever order it comes', async () => {
  const send = async (stretches: readonly Stretch[], order: readonly number[]) => {
    const ingest = takeIn();
    const read = createTsEncoderReader(ingest.listener);
    for (const { clip, from, length, passedMs } of stretches) {
      ingest.pass(passedMs);
      const bytes = ts[clip] ?? Buffer.alloc(0);
      const first = Math.floor((from * bytes.length) / PACKET);
      const part = Array.from({ length: length * 3 }, (_, index) =>
        bytes.subarray((first + index) * PACKET, (first + index + 1) * PACKET),
      );
      for (const at of order) part.push(...part.splice(at % (part.length + 1), 1));
      for (const packet of part) read(packet);
    }
    await holds(ingest);
  };
  await fc.assert(
    fc.asyncProperty(
      fc.array(stretch, { maxLength: 8 }),
      fc.array(fc.nat(180), { maxLength: 4 }),
      send,
    ),
    { numRuns: RUNS },
  );
}, 60_000);
