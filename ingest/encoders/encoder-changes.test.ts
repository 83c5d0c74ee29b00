import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Ingest, type LiveStream, startIngest } from '../index.js';
import { decode, probe } from '../testing/probe.js';
import {
  type ClipOptions,
  type FlvTag,
  makeContainer,
  makeTags,
  publishRtmp,
  type RtmpPublisher,
} from '../testing/rtmp-publisher.js';
import { type TestViewer, watch } from '../testing/test-viewer.js';
import { waitUntil } from '../testing/wait-until.js';

const BFRAMES = ['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '2', '-g', '25'];
const HIGH = ['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '0', '-g', '25', '-coder', '1'];
const OPEN_GOP = ['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '2', '-x264-params'];

/** Pictures by name: what they look like, and how large they are. */
const PICTURES = {
  wide: { size: '320x180' },
  tall: { size: '180x320' },
  high: { size: '256x144', video: HIGH },
  ordered: { size: '192x108', video: BFRAMES },
  open: { size: '160x120', video: [...OPEN_GOP, 'open-gop=1:keyint=20:min-keyint=20:scenecut=0'] },
} as const satisfies Record<string, Partial<ClipOptions>>;
/** Sounds by name. */
const SOUNDS = {
  stereo: ['-c:a', 'aac', '-ar', '48000', '-ac', '2'],
  mono: ['-c:a', 'aac', '-ar', '22050', '-ac', '1'],
  mp3: ['-c:a', 'libmp3lame', '-ar', '44100', '-ac', '1'],
} as const satisfies Record<string, readonly string[]>;

/** A stretch of a broadcast: what it has, for how many seconds. */
interface Stretch {
  readonly seconds: number;
  readonly picture?: keyof typeof PICTURES;
  readonly sound?: keyof typeof SOUNDS;
}

/** Each broadcast: tracks that begin late, pause, and change, in any order. */
const BROADCASTS: Readonly<Record<string, readonly Stretch[]>> = {
  'sound that begins 4 s late': [
    { seconds: 4, picture: 'wide' },
    { seconds: 4, picture: 'wide', sound: 'stereo' },
  ],
  'sound that begins 20 s late': [
    { seconds: 20, picture: 'wide' },
    { seconds: 3, picture: 'wide', sound: 'mono' },
  ],
  'a picture that begins 4 s late': [
    { seconds: 4, sound: 'stereo' },
    { seconds: 4, picture: 'wide', sound: 'stereo' },
  ],
  'sound that stops, and comes back': [
    { seconds: 3, picture: 'wide', sound: 'stereo' },
    { seconds: 6, picture: 'wide' },
    { seconds: 3, picture: 'wide', sound: 'stereo' },
  ],
  'a picture that stops, and comes back turned': [
    { seconds: 3, picture: 'wide', sound: 'stereo' },
    { seconds: 5, sound: 'stereo' },
    { seconds: 3, picture: 'tall', sound: 'stereo' },
  ],
  'a turned picture, and turned back': [
    { seconds: 3, picture: 'wide', sound: 'stereo' },
    { seconds: 3, picture: 'tall', sound: 'stereo' },
    { seconds: 3, picture: 'wide', sound: 'stereo' },
  ],
  'another profile, then frames out of order, then another size': [
    { seconds: 3, picture: 'wide', sound: 'stereo' },
    { seconds: 3, picture: 'high', sound: 'stereo' },
    { seconds: 3, picture: 'ordered', sound: 'mono' },
    { seconds: 3, picture: 'tall', sound: 'mono' },
  ],
  'open groups of pictures, and three kinds of sound': [
    { seconds: 3, picture: 'open', sound: 'stereo' },
    { seconds: 3, picture: 'open', sound: 'mp3' },
    { seconds: 3, picture: 'wide', sound: 'mono' },
  ],
};

const BURST = 8 * 1316;
/** The null packet, which fills a transport stream (ISO/IEC 13818-1 section 2.4.1). */
const NULL_PACKETS = Buffer.concat(
  Array.from({ length: 7 }, () => Buffer.concat([Buffer.from([0x47, 0x1f, 0xff, 0x10])], 188)),
);
/** An encoder that sets up another encoder needs a moment: the last pictures are out by then. */
const PAUSE_MS = 200;

let ingest: Ingest;
let folder: string;
let texts: string[];
let clean: (() => Promise<unknown>)[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'changes-'));
  clean = [];
  texts = [];
  ingest = await startIngest({ rtmpPort: 0, srtPort: 0 });
  ingest.subscribe(({ text }) => texts.push(text));
});
afterEach(async () => {
  for (const work of clean) await work();
  await ingest.close();
  await rm(folder, { recursive: true });
});

const clips = new Map<string, Promise<readonly FlvTag[] | Buffer>>();
function cached<T extends readonly FlvTag[] | Buffer>(name: string, make: () => Promise<T>) {
  const made = clips.get(name) ?? make();
  clips.set(name, made);
  return made as Promise<T>;
}

const optionsOf = ({ seconds, picture = 'wide', sound = 'stereo' }: Stretch): ClipOptions => ({
  ...PICTURES[picture],
  audio: SOUNDS[sound],
  seconds,
});

/** Sends stretches over RTMP, with the configuration of each track in front. */
async function broadcastRtmp(stretches: readonly Stretch[], stream: LiveStream) {
  const { rtmp } = ingest.ways;
  if (!rtmp.available) throw new Error(rtmp.reason);
  const publisher = await publishRtmp({ port: rtmp.port, app: 'qlive', name: stream.stream_key });
  clean.push(async () => publisher.close());
  await sendTags(publisher, stretches, 0);
  return publisher;
}

async function sendTags(
  publisher: RtmpPublisher,
  stretches: readonly Stretch[],
  fromMs: number,
): Promise<void> {
  let startMs = fromMs;
  for (const stretch of stretches) {
    const tags = await cached(JSON.stringify(['flv', stretch]), () => makeTags(optionsOf(stretch)));
    const kept = tags.filter(
      ({ type, timeMs }) =>
        timeMs < stretch.seconds * 1000 &&
        (type === 9 ? stretch.picture !== undefined : stretch.sound !== undefined),
    );
    for (const tag of kept) publisher.send({ ...tag, timeMs: tag.timeMs + startMs });
    startMs += stretch.seconds * 1000 + PAUSE_MS;
  }
}

/** Sends them over SRT, where a stretch brings a program map of its own. */
async function broadcastSrt(stretches: readonly Stretch[], stream: LiveStream) {
  const parts: Buffer[] = [];
  let start = 0;
  for (const stretch of stretches) {
    const more = [
      ...['-output_ts_offset', String(start), '-muxdelay', '0'],
      ...(stretch.picture === undefined ? ['-vn'] : []),
      ...(stretch.sound === undefined ? ['-an'] : []),
    ];
    const name = JSON.stringify(['mpegts', start, stretch]);
    parts.push(await cached(name, () => makeContainer('mpegts', optionsOf(stretch), more)));
    start += stretch.seconds + PAUSE_MS / 1000;
  }
  return sendOverSrt(Buffer.concat(parts), stream);
}

async function sendOverSrt(bytes: Buffer, { server_urls }: LiveStream) {
  const url = `${server_urls.srt}&pkt_size=1316&latency=1500000&tlpktdrop=0`;
  const child = spawn(
    'ffmpeg',
    ['-v', 'error', '-f', 'data', '-i', 'pipe:0', '-map', '0', '-c', 'copy', '-f', 'data', url],
    { stdio: ['pipe', 'ignore', 'inherit'] },
  );
  child.stdin.on('error', () => {});
  const ended = new Promise((resolve) => child.once('exit', resolve));
  let stuffing: NodeJS.Timeout | undefined;
  clean.push(async () => {
    clearInterval(stuffing);
    child.kill('SIGKILL');
    await ended;
  });
  // SRT gives up what its buffers cannot hold, so this is no faster than a fast line.
  for (let at = 0; at < bytes.length; at += BURST) {
    child.stdin.write(bytes.subarray(at, at + BURST));
    await delay(10);
  }
  // A lost packet is asked for again only when another comes after it, so an encoder never pauses.
  stuffing = setInterval(() => child.stdin.write(NULL_PACKETS), 100);
}

const secondsOf = (stretches: readonly Stretch[], track: 'picture' | 'sound') =>
  stretches
    .filter((stretch) => stretch[track] !== undefined)
    .reduce((sum, { seconds }) => sum + seconds, 0);

describe.each(['rtmp', 'srt'] as const)('over %s', { timeout: 60_000 }, (way) => {
  it.each(Object.entries(BROADCASTS))('viewers and recordings get %s', async (_, stretches) => {
    const stream = ingest.openStream();
    const file = join(folder, 'recording.mp4');
    await ingest.startRecording(stream.stream_key, file);
    let viewer: TestViewer | undefined;
    const joined = new Promise<void>((resolve) => {
      const end = ingest.subscribe(({ kind }) => {
        if (kind !== 'live') return;
        end();
        void watch(stream.server_urls.webrtc).then((watching) => {
          viewer = watching;
          clean.push(() => watching.close());
          resolve();
        });
      });
    });
    const send = way === 'rtmp' ? broadcastRtmp : broadcastSrt;
    const [opening, ...others] = stretches;
    if (opening === undefined) throw new Error('A broadcast has a stretch at least.');
    const sent = send([opening, ...others], stream);
    await Promise.all([sent, joined]);

    const report = () => ingest.inspect(stream.stream_key);
    const pictures = secondsOf(stretches, 'picture') * 25;
    const packets = secondsOf(stretches, 'sound') * 50;
    // An encoder sends the frames that it held back at its end: the last of each stretch.
    const enough = () => {
      const { frames = 0, audioPackets = 0 } = report() ?? {};
      return frames > pictures - 12 && audioPackets > packets - 12 * stretches.length;
    };
    await waitUntil(enough, `${pictures} pictures and ${packets} pieces of sound came`);
    const last = stretches.findLast(({ picture }) => picture !== undefined);
    const [width, height] = PICTURES[last?.picture ?? 'wide'].size.split('x').map(Number);
    await waitUntil(() => report()?.width === width, 'the size is the new one');
    expect(report()).toMatchObject({ status: 'live', sessions: 1, width, height });
    expect(report()?.tracks.map(({ kind }) => kind)).toEqual(['video', 'audio']);
    expect(viewer).toBeDefined();

    const recording = await ingest.stopRecording(stream.stream_key);
    expect(recording.videoFrames).toBeGreaterThan(pictures - 40);
    expect(await probe(file)).toMatchObject([{ codec_name: 'h264' }, { codec_name: 'opus' }]);
    expect(await decode(file, 60)).toBe('');
  });
});

describe('HLS of an encoder', { timeout: 60_000 }, () => {
  it.each([1, 10, 30])(
    'is there with the next key frame, %i s after the last',
    async (interval) => {
      const { rtmp } = ingest.ways;
      if (!rtmp.available) throw new Error(rtmp.reason);
      const stream = ingest.openStream();
      const [playlist = ''] = stream.playback_urls;
      const publisher = await publishRtmp({
        port: rtmp.port,
        app: 'qlive',
        name: stream.stream_key,
      });
      clean.push(async () => publisher.close());
      const gop = ['-c:v', 'libx264', '-preset', 'ultrafast', '-bf', '0', '-sc_threshold', '0'];
      const video = [...gop, '-g', String(25 * interval)];
      const tags = await makeTags({ seconds: interval * 3 + 1, video });
      const before = tags.filter(({ timeMs }) => timeMs < interval * 900);
      for (const tag of before) publisher.send(tag);
      await waitUntil(() => ingest.getStream(stream.id)?.status === 'live', 'it is live');
      const asked = fetch(new URL('source.m3u8', playlist));
      await waitUntil(() => texts.includes('HLS packaging started'), 'it was asked for');
      for (const tag of tags.slice(before.length)) publisher.send(tag);
      const response = await asked;
      expect(response.status).toBe(200);
      const body = await response.text();
      expect(body).toContain(`#EXT-X-TARGETDURATION:${interval}\n`);
      expect(Number(/#EXTINF:([\d.]+)/.exec(body)?.[1])).toBeCloseTo(interval, 1);
      publisher.close();
      await waitUntil(() => ingest.getStream(stream.id)?.status === 'idle', 'it is idle');
      ingest.stopStream(stream.id);
      const end = async () => (await fetch(new URL('source.m3u8', playlist))).text();
      await waitUntil(async () => (await end()).includes('#EXT-X-ENDLIST'), 'it ends');
      expect(await decode(playlist, 120)).toBe('');
      expect(await probe(playlist)).toMatchObject([{ codec_name: 'h264' }, { codec_name: 'aac' }]);
    },
  );

  it('has sound from its beginning, though that came in a moment after the picture', async () => {
    const { rtmp } = ingest.ways;
    if (!rtmp.available) throw new Error(rtmp.reason);
    const stream = ingest.openStream();
    const [playlist = ''] = stream.playback_urls;
    const publisher = await publishRtmp({ port: rtmp.port, app: 'qlive', name: stream.stream_key });
    clean.push(async () => publisher.close());
    const tags = await makeTags({ seconds: 4 });
    const isEarly = ({ type, timeMs }: FlvTag) => type === 9 && timeMs < 800;
    for (const tag of tags.filter(isEarly)) publisher.send(tag);
    await waitUntil(() => ingest.getStream(stream.id)?.status === 'live', 'it is live');
    const asked = fetch(new URL('source.m3u8', playlist));
    await waitUntil(() => texts.includes('HLS packaging started'), 'it was asked for');
    for (const tag of tags.filter((each) => !isEarly(each))) publisher.send(tag);
    expect((await asked).status).toBe(200);
    ingest.stopStream(stream.id);
    const media = async () => (await fetch(new URL('source.m3u8', playlist))).text();
    await waitUntil(async () => (await media()).includes('#EXT-X-ENDLIST'), 'it ends');
    expect(await media()).not.toContain('#EXT-X-DISCONTINUITY\n');
    expect(await probe(playlist)).toMatchObject([{ codec_name: 'h264' }, { codec_name: 'aac' }]);
    expect(await decode(playlist, 60)).toBe('');
  });

  it('is decoded without a complaint past a turned picture', async () => {
    const stream = ingest.openStream();
    const [playlist = ''] = stream.playback_urls;
    const publisher = await broadcastRtmp([{ seconds: 3, picture: 'wide' }], stream);
    await waitUntil(() => ingest.getStream(stream.id)?.status === 'live', 'it is live');
    const asked = fetch(playlist);
    await waitUntil(() => texts.includes('HLS packaging started'), 'it was asked for');
    const stretches = [
      { seconds: 3, picture: 'tall', sound: 'stereo' },
      { seconds: 3, picture: 'ordered', sound: 'mono' },
    ] as const;
    await sendTags(publisher, stretches, 3000);
    expect((await asked).status).toBe(200);
    const frames = () => ingest.inspect(stream.stream_key)?.frames ?? 0;
    await waitUntil(() => frames() > 200, 'the pictures came');
    ingest.stopStream(stream.id);
    const media = async () => (await fetch(new URL('source.m3u8', playlist))).text();
    await waitUntil(async () => (await media()).includes('#EXT-X-ENDLIST'), 'it ends');
    expect(await media()).toContain('#EXT-X-DISCONTINUITY\n');
    expect(await decode(playlist, 60)).toBe('');
  });
});
