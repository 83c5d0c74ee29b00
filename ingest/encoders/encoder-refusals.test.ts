import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ingest, type LiveStream, startIngest } from '../index.js';
import { OPUS_SILENCE } from '../media/opus.js';
import {
  connectRtmp,
  type FlvTag,
  makeTags,
  publishRtmp,
  type RtmpPublisher,
  rtmpMessage,
} from '../testing/rtmp-publisher.js';
import { startEncoder } from '../testing/test-encoder.js';
import { waitUntil } from '../testing/wait-until.js';

const run = promisify(execFile);

let ingest: Ingest;
let tags: readonly FlvTag[];
beforeAll(async () => {
  ingest = await startIngest({ rtmpPort: 0, srtPort: 0 });
  tags = await makeTags({ seconds: 2 });
}, 60_000);
afterAll(() => ingest.close());

function rtmpPort(): number {
  const { rtmp } = ingest.ways;
  if (!rtmp.available) throw new Error(rtmp.reason);
  return rtmp.port;
}
async function publish(stream: LiveStream): Promise<RtmpPublisher> {
  return publishRtmp({ port: rtmpPort(), app: 'qlive', name: stream.stream_key });
}
const isPicture = ({ type }: FlvTag) => type === 9;
const refusalsOf = async ({ id }: LiveStream) => {
  const events = await (await fetch(`${ingest.url}/ingest/streams/${id}/events`)).json();
  return (events as { kind: string; text: string }[])
    .filter(({ kind }) => kind === 'publish-refused')
    .map(({ text }) => text);
};

/** Frames of raw video, as NAL units or as ffmpeg's IVF holds them. */
async function encodeRaw(options: readonly string[], format: string): Promise<Buffer> {
  const source = ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc=size=160x120:rate=25', '-t', '2'];
  const args = [...source, '-pix_fmt', 'yuv420p', ...options, '-f', format, '-'];
  const { stdout } = await run('ffmpeg', args, { encoding: 'buffer', maxBuffer: 2 ** 27 });
  return stdout;
}

function ivfFrames(bytes: Buffer): readonly Buffer[] {
  const frames: Buffer[] = [];
  for (let at = 32; at + 12 <= bytes.length; ) {
    const end = at + 12 + bytes.readUInt32LE(at);
    frames.push(bytes.subarray(at + 12, end));
    at = end;
  }
  return frames;
}

/** Tags of enhanced RTMP: a configuration, then a frame each 40 ms. */
function enhanced(fourCc: string, configuration: Buffer, frames: readonly Buffer[]): FlvTag[] {
  const body = (isKey: boolean, packetType: number, data: Buffer) =>
    Buffer.concat([
      Buffer.from([0x80 | ((isKey ? 1 : 2) << 4) | packetType]),
      Buffer.from(fourCc),
      data,
    ]);
  return [
    { type: 9, timeMs: 0, body: body(true, 0, configuration) },
    ...frames.map((data, at) => ({ type: 9, timeMs: at * 40, body: body(at % 25 === 0, 1, data) })),
  ];
}

async function hevcTags(legacy: boolean): Promise<readonly FlvTag[]> {
  const params = ['-preset', 'ultrafast', '-x265-params', 'keyint=25:bframes=0:log-level=none'];
  const raw = await encodeRaw(['-c:v', 'libx265', ...params], 'hevc');
  const { splitAnnexB } = await import('../media/h264.js');
  const units = splitAnnexB(raw);
  const typeOf = (unit: Buffer) => (unit.readUInt8() >> 1) & 63;
  const sets = units.filter((unit) => typeOf(unit) >= 32 && typeOf(unit) <= 34).slice(0, 3);
  const fixed = '0101600000009000000000005df000fcfdf8f800000f03';
  const arrays = sets.flatMap((unit) => [
    Buffer.from([0x80 | typeOf(unit), 0, 1, unit.length >> 8, unit.length & 255]),
    unit,
  ]);
  const configuration = Buffer.concat([Buffer.from(fixed, 'hex'), ...arrays]);
  const frames = units
    .filter((unit) => typeOf(unit) < 32)
    .map((unit) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(unit.length);
      return Buffer.concat([length, unit]);
    });
  const noComposition = Buffer.alloc(3);
  if (!legacy) {
    return enhanced(
      'hvc1',
      configuration,
      frames.map((each) => Buffer.concat([noComposition, each])),
    );
  }
  const old = (first: number, part: number, data: Buffer) =>
    Buffer.concat([Buffer.from([first, part]), noComposition, data]);
  return [
    { type: 9, timeMs: 0, body: old(0x1c, 0, configuration) },
    ...frames.map((data, at) => ({
      type: 9,
      timeMs: at * 40,
      body: old(at % 25 === 0 ? 0x1c : 0x2c, 1, data),
    })),
  ];
}

async function av1Tags(): Promise<readonly FlvTag[]> {
  const svt = ['-c:v', 'libsvtav1', '-preset', '12', '-g', '25'];
  const frames = ivfFrames(await encodeRaw(svt, 'ivf'));
  const [first = Buffer.alloc(0)] = frames;
  // A temporal delimiter of two bytes, then the sequence header.
  const header = first.subarray(2, 4 + first.readUInt8(3));
  const configuration = Buffer.concat([Buffer.from('81000c00', 'hex'), header]);
  return enhanced('av01', configuration, frames);
}

async function vp9Tags(): Promise<readonly FlvTag[]> {
  const vpx = ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-g', '25'];
  const frames = ivfFrames(await encodeRaw(vpx, 'ivf'));
  return enhanced('vp09', Buffer.from('0100000000020202000000', 'hex'), frames);
}

const clip = (video: readonly string[], audio?: readonly string[]) => () =>
  makeTags({ seconds: 2, video, ...(audio === undefined ? {} : { audio }) });
const FLV1 = ['-c:v', 'flv'];
const PLAIN = ['-c:v', 'libx264', '-preset', 'ultrafast', '-bf', '0', '-g', '25'];
const sound = (first: Buffer) => async () =>
  Array.from({ length: 100 }, (_, at) => ({
    type: 8,
    timeMs: at * 20,
    body: Buffer.concat([first, OPUS_SILENCE]),
  }));

describe('what browsers cannot play is converted', { timeout: 60_000 }, () => {
  it.each<[string, () => Promise<readonly FlvTag[]>, 'video' | 'audio']>([
    ['HEVC of enhanced RTMP', () => hevcTags(false), 'video'],
    ['HEVC with the number that some encoders took', () => hevcTags(true), 'video'],
    ['AV1', av1Tags, 'video'],
    ['VP9', vp9Tags, 'video'],
    ['Sorenson H.263', clip(FLV1), 'video'],
    ['H.264 of 4:4:4', clip([...PLAIN, '-pix_fmt', 'yuv444p']), 'video'],
    ['Opus of enhanced RTMP', sound(Buffer.from('\x91Opus', 'latin1')), 'audio'],
    ['MP3', clip(PLAIN, ['-c:a', 'libmp3lame', '-ar', '44100']), 'audio'],
    ['Speex', clip(PLAIN, ['-c:a', 'libspeex', '-ar', '16000', '-ac', '1']), 'audio'],
    ['PCM', clip(PLAIN, ['-c:a', 'pcm_s16le', '-ar', '44100']), 'audio'],
  ])('%s', async (_, make, kind) => {
    const stream = ingest.openStream();
    const made = await make();
    const encoder = await publish(stream);
    for (const tag of made) encoder.send(tag);
    const has = () =>
      ingest.inspect(stream.stream_key)?.tracks.some((track) => track.kind === kind) ?? false;
    await waitUntil(() => has() || encoder.isClosed, 'it comes out');
    expect(await refusalsOf(stream)).toEqual([]);
    expect(has()).toBe(true);
    encoder.close();
  });

  it.each([
    ['HEVC', ['-c:v', 'libx265', '-preset', 'ultrafast', '-g', '15'], ['-c:a', 'aac']],
    ['sound of AC-3', undefined, ['-c:a', 'ac3']],
    ['sound of MP2', undefined, ['-c:a', 'mp2']],
    ['sound of Opus', undefined, ['-c:a', 'libopus', '-ar', '48000']],
  ])('%s over SRT', async (_, video, audio) => {
    const stream = ingest.openStream();
    const encoder = startEncoder(stream.server_urls.srt ?? '', {
      audio,
      ...(video === undefined ? {} : { video }),
    });
    const kinds = () => ingest.inspect(stream.stream_key)?.tracks.map(({ kind }) => kind);
    await waitUntil(() => kinds()?.length === 2, 'both come out');
    await encoder.kill();
  });

  it('and sound alone is a stream', async () => {
    const stream = ingest.openStream();
    const encoder = await publish(stream);
    for (const tag of tags) if (!isPicture(tag)) encoder.send(tag);
    await waitUntil(() => ingest.getStream(stream.id)?.status === 'live', 'it is live');
    expect(ingest.inspect(stream.stream_key)?.tracks).toEqual([{ kind: 'audio', codec: 'Opus' }]);
    encoder.close();
  });
});

describe('what nobody can read is refused in words', { timeout: 60_000 }, () => {
  const broken = (tag: FlvTag) => ({
    ...tag,
    body: Buffer.concat([tag.body.subarray(0, 5), Buffer.alloc(400, 0x5a)]),
  });
  const message = (type: number, hex: string) => ({
    type,
    timeMs: 0,
    body: Buffer.from(hex, 'hex'),
  });
  it.each<[string, () => readonly FlvTag[], RegExp]>([
    ['a FourCC that nobody knows', () => [message(9, '9076766331000000')], /"vvc1".*send H\.264/],
    ['a codec number that nobody has', () => [message(8, 'd0ffff')], /sound .*number 13.*send AAC/],
    [
      'data alone',
      () => [message(18, '02000a6f6e4d65746144617461')],
      /Neither a picture nor sound/,
    ],
    [
      'a header that never comes',
      () =>
        [0, 2, 4].flatMap((second) =>
          tags
            .filter((tag) => isPicture(tag) && tag.body[1] === 1)
            .map((tag) => ({ ...tag, timeMs: tag.timeMs + second * 1000 })),
        ),
      /without its configuration/,
    ],
    [
      'sound that ffmpeg cannot read',
      () => [
        message(8, 'af0000000000'),
        ...tags.filter((tag) => !isPicture(tag) && tag.body[1] === 1).map(broken),
      ],
      /sound/,
    ],
  ])('%s', async (_, make, words) => {
    const stream = ingest.openStream();
    const encoder = await publish(stream);
    for (const tag of make()) encoder.send(tag);
    await waitUntil(() => encoder.isClosed, 'the encoder is let go');
    expect(encoder.heard).toMatch(/NetStream\.Failed/);
    expect(encoder.heard).toMatch(words);
    expect((await refusalsOf(stream)).join()).toMatch(words);
    expect(ingest.inspect(stream.stream_key)?.publishing).toBe(false);
    expect(encoder.heard).not.toContain(stream.stream_key);
  });

  it.each([
    ['no stream of this key', 'qlive', 'nobody', /There is no stream with this key/],
    ['no key', 'qlive', '', /no stream key/],
    ['another application', 'live', 'nobody', /another application/],
  ])('%s', async (_, app, name, words) => {
    const encoder = await publishRtmp({ port: rtmpPort(), app, name });
    await waitUntil(() => encoder.isClosed, 'the encoder is let go');
    expect(encoder.heard).toMatch(/NetStream\.Publish\.BadName/);
    expect(encoder.heard).toMatch(words);
  });

  it('watching over RTMP', async () => {
    const encoder = await connectRtmp(rtmpPort());
    encoder.call('play', Buffer.from([5]), Buffer.from([2, 0, 1, 0x61]));
    await waitUntil(() => encoder.isClosed, 'it is let go');
    expect(encoder.heard).toMatch(/takes publishers alone/);
  });

  it('an address without tcUrl, and the key in the application', async () => {
    const stream = ingest.openStream();
    const app = `qlive/${stream.stream_key}`;
    const encoder = await publishRtmp({ port: rtmpPort(), app, name: '' });
    expect(encoder.heard).toMatch(/NetStream\.Publish\.Start/);
    encoder.close();
  });
});

describe('a hostile RTMP client', { timeout: 60_000 }, () => {
  /** The header of a message on a chunk stream, with as much of its body as there is. */
  const header = (chunkStream: number, length: number, type: number, body = Buffer.alloc(0)) => {
    const head = Buffer.alloc(13);
    head.writeUInt8(0);
    head.writeUInt8(chunkStream - 64, 1);
    head.writeUIntBE(length, 5, 3);
    head.writeUInt8(type, 8);
    return Buffer.concat([head, body]);
  };
  const held = () => process.memoryUsage().arrayBuffers;

  it.each<[string, (client: RtmpPublisher) => void]>([
    [
      'announces a long message',
      (client) => client.sendRaw(header(70, 0xffffff, 9, Buffer.alloc(1))),
    ],
    [
      'announces a long message on each of many chunk streams',
      (client) => {
        for (let at = 0; at < 200; at += 1)
          client.sendRaw(header(64 + at, 0xffffff, 9, Buffer.alloc(128)));
      },
    ],
    [
      'opens chunk streams without end',
      (client) => {
        for (let at = 0; at < 200; at += 1)
          client.sendRaw(header(64 + at, 1000, 9, Buffer.alloc(128)));
      },
    ],
    [
      'asks for chunks of no size',
      (client) => client.sendRaw(rtmpMessage(1, 0, 0, Buffer.alloc(4))),
    ],
    [
      'asks for chunks of any size',
      (client) => client.sendRaw(rtmpMessage(1, 0, 0, Buffer.alloc(4, 0xff))),
    ],
    [
      'sends a command that is none',
      (client) => client.sendRaw(rtmpMessage(20, 0, 0, Buffer.alloc(64, 0x03))),
    ],
  ])('that %s is let go, and gets no memory', async (_, attack) => {
    const before = held();
    const client = await connectRtmp(rtmpPort());
    attack(client);
    await waitUntil(() => client.isClosed, 'it is let go');
    expect(held() - before).toBeLessThan(16 * 2 ** 20);
  });

  it('that was let in gets no more than media needs', async () => {
    const stream = ingest.openStream();
    const before = held();
    const client = await publish(stream);
    for (let at = 0; at < 12; at += 1) {
      client.sendRaw(header(70 + at, 7 * 2 ** 20, 9, Buffer.alloc(4096)));
    }
    await waitUntil(() => client.isClosed, 'it is let go');
    expect(held() - before).toBeLessThan(48 * 2 ** 20);
    await waitUntil(() => ingest.inspect(stream.stream_key)?.publishing === false, 'it is free');
  });

  it('one of too many that only wait is not let in', async () => {
    const clients = await Promise.all(Array.from({ length: 64 }, () => connectRtmp(rtmpPort())));
    const late = await connectRtmp(rtmpPort()).catch(() => undefined);
    await waitUntil(() => late === undefined || late.isClosed, 'it is let go');
    for (const client of clients) client.close();
    await waitUntil(() => clients.every(({ isClosed }) => isClosed), 'they are gone');
    const stream = ingest.openStream();
    const encoder = await publish(stream);
    expect(encoder.heard).toMatch(/NetStream\.Publish\.Start/);
    encoder.close();
  });
});
