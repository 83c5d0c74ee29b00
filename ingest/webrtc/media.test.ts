import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Ingest, startIngest } from '../index.js';
import { decode, sizesIn } from '../testing/probe.js';
import { makeClip, turning } from '../testing/test-clips.js';
import { type Clip, publish, type TestPublisher } from '../testing/test-publisher.js';
import { watch } from '../testing/test-viewer.js';
import { waitUntil } from '../testing/wait-until.js';

const run = promisify(execFile);
let folder: string;
let h264: Clip;
let vp8: Clip;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ingest-'));
  [h264, vp8] = await Promise.all([makeClip('H264'), makeClip('VP8')]);
});
afterAll(() => rm(folder, { recursive: true }));

let ingest: Ingest;
let open: TestPublisher[];
beforeEach(async () => {
  ingest = await startIngest();
  open = [];
});
afterEach(async () => {
  await Promise.all(open.map((publisher) => publisher.close()));
  await ingest.close();
});

async function live(clip: Clip, on = ingest.openStream()) {
  const publisher = await publish(on.server_urls.webrtc, clip);
  open.push(publisher);
  const { stream_key: key, id } = on;
  await waitUntil(() => (ingest.inspect(key)?.keyFrames ?? 0) > 0, 'a key frame arrives');
  return { publisher, key, id, stream: on };
}
const packets = (key: string) => ingest.inspect(key)?.packets ?? 0;

describe('publishing over real ICE, DTLS and SRTP', () => {
  it.each(['H264', 'VP8'] as const)('counts what arrives of %s', async (codec) => {
    const { key, id } = await live(codec === 'H264' ? h264 : vp8);
    await waitUntil(() => (ingest.inspect(key)?.audioPackets ?? 0) > 10, 'sound arrives');
    expect(ingest.inspect(key)).toMatchObject({
      codec,
      width: 320,
      height: 180,
      status: 'live',
      connected: true,
      transport: 'udp',
      sessions: 1,
      ignoredPackets: 0,
      packetsLost: 0,
    });
    expect(ingest.inspect(key)?.frames).toBeGreaterThan(0);
    expect(ingest.inspect(key)?.bitrate).toBeGreaterThan(10_000);
    expect(ingest.inspect(key)?.tracks).toEqual([
      { kind: 'video', codec, width: 320, height: 180 },
      { kind: 'audio', codec: 'Opus' },
    ]);
    expect(ingest.getStream(id)?.status).toBe('live');
  });

  it.each(['H264', 'VP8'] as const)('follows a picture of %s that is turned', async (codec) => {
    const [wide, tall] = [codec === 'H264' ? h264 : vp8, await makeClip(codec, '180x320')];
    const { key, stream } = await live(turning(wide, tall));
    const viewer = await watch(stream.server_urls.webrtc);
    const file = join(folder, `turned-${codec}`);
    await ingest.startRecording(key, file);
    const sizeIs = (width: number, height: number) => () => {
      const report = ingest.inspect(key);
      return report?.width === width && report.height === height;
    };
    await waitUntil(() => ingest.inspect(key)?.outputReadyAt !== undefined, 'viewers get it');
    for (const [width, height] of [
      [180, 320],
      [320, 180],
    ] as const) {
      await waitUntil(sizeIs(width, height), `the size is ${width}x${height}`);
      const before = viewer.packets.video;
      await waitUntil(() => viewer.packets.video > before + 20, 'the viewer gets it');
    }
    const recording = await ingest.stopRecording(key);
    expect(recording.videoFrames).toBeGreaterThan(40);
    expect(await sizesIn(file)).toEqual(['180x320', '320x180']);
    expect(await decode(file, 60)).toBe('');
    await viewer.close();
  });

  it('says in order what happens', async () => {
    const texts: string[] = [];
    ingest.subscribe(({ text }) => texts.push(text));
    const { publisher, key } = await live(h264);
    await waitUntil(() => ingest.inspect(key)?.outputReadyAt !== undefined, 'the output is ready');
    await publisher.close();
    await waitUntil(() => ingest.inspect(key)?.status === 'idle', 'the stream is idle');
    expect(texts).toEqual([
      'Stream created',
      'Stream started',
      'Publisher connected over UDP',
      'Live',
      'Output ready',
      'Publisher lost',
    ]);
  });

  it('ends with the socket, and takes the next session on the same name', async () => {
    const { publisher, key, stream } = await live(h264);
    await publisher.close();
    await waitUntil(() => ingest.inspect(key)?.publishing === false, 'the name is free');
    await live(vp8, stream);
    expect(ingest.inspect(key)).toMatchObject({ sessions: 2, codec: 'VP8' });
  });
});

describe('a peer that fell silent', () => {
  it('keeps its name for a while, then loses socket and name', async () => {
    await ingest.close();
    ingest = await startIngest({ ghostSeconds: 1.5 });
    const { publisher, key, stream } = await live(h264);
    await publisher.closeMedia();
    await expect(publish(stream.server_urls.webrtc, h264)).rejects.toThrow('Cannot create offer');
    await waitUntil(() => publisher.client.closeCode === 1006, 'the socket is cut');
    expect(ingest.inspect(key)).toMatchObject({ publishing: false, status: 'idle' });
  });

  it('stops for good when it does not resume in time', async () => {
    await ingest.close();
    ingest = await startIngest({ resumeTimeoutSeconds: 0.2 });
    const { publisher, id } = await live(h264);
    await publisher.close();
    await waitUntil(() => ingest.getStream(id)?.status === 'stopped', 'the stream is stopped');
  });
});

describe('faults of media', () => {
  it('cut-media stops every packet while the socket is healthy, and heals', async () => {
    const { publisher, key } = await live(h264);
    ingest.setFault({ kind: 'cut-media' }, key);
    const before = packets(key);
    const probe = await publisher.client.ask({ command: 'hello', id: 0 });
    expect(probe).toEqual({ code: 400, error: 'Invalid ID' });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(packets(key)).toBe(before);
    ingest.setFault(null, key);
    await waitUntil(() => packets(key) > before, 'media flows again');
    expect(ingest.inspect(key)?.sessions).toBe(1);
  });

  it('cut-media heals by itself', async () => {
    const { key } = await live(h264);
    ingest.setFault({ kind: 'cut-media', durationMs: 100 }, key);
    await waitUntil(() => ingest.inspect(key)?.fault === undefined, 'the fault is over');
    const before = packets(key);
    await waitUntil(() => packets(key) > before, 'media flows again');
  });

  it('packet-loss loses a share of what arrives, until it heals, and of the next session', async () => {
    const { publisher, key, stream } = await live(h264);
    expect(ingest.inspect(key)?.packetsLost).toBe(0);
    ingest.setFault({ kind: 'packet-loss', percent: 30 }, key);
    await waitUntil(() => (ingest.inspect(key)?.packetsLost ?? 0) > 5, 'packets are lost');
    expect(publisher.connectionState).toBe('connected');
    ingest.setFault({ kind: 'packet-loss', percent: 100, durationMs: 100 });
    ingest.setFault(null, key);
    await waitUntil(() => ingest.inspect(key)?.fault === undefined, 'the fault of all is over');
    const before = packets(key);
    await waitUntil(() => packets(key) > before, 'media flows again');

    ingest.setFault({ kind: 'packet-loss', percent: 100 }, key);
    await publisher.close();
    await waitUntil(() => ingest.inspect(key)?.publishing === false, 'the name is free');
    open.push(await publish(stream.server_urls.webrtc, h264, { waitForMedia: false }));
    await waitUntil(() => ingest.inspect(key)?.publishing === true, 'the answer is taken');
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(ingest.inspect(key)).toMatchObject({ connected: false, packets: 0, sessions: 2 });
  });

  it('slow-uplink lets in what the line carries and no more, until it is taken away', async () => {
    const { key } = await live(h264);
    await waitUntil(() => (ingest.inspect(key)?.bitrate ?? 0) > 100_000, 'the line was good');
    ingest.setFault({ kind: 'slow-uplink', kbps: 50 }, key);
    const rate = () => ingest.inspect(key)?.bitrate ?? 0;
    await waitUntil(() => rate() < 60_000, 'no more than the rate of the line comes in');
    expect(ingest.inspect(key)?.connected).toBe(true);
    ingest.setFault(null, key);
    await waitUntil(() => rate() > 100_000, 'the line is good again');
  });

  it('cut-socket takes the stream down although media is healthy', async () => {
    const { publisher, key } = await live(h264);
    ingest.setFault({ kind: 'cut-socket' }, key);
    await waitUntil(() => publisher.client.closeCode === 1006, 'the socket is cut');
    await waitUntil(() => ingest.inspect(key)?.status === 'idle', 'the stream is idle');
  });

  it.each(['never-connect', 'no-dtls'] as const)('%s takes the name and no media', async (kind) => {
    const stream = ingest.openStream();
    ingest.setFault({ kind }, stream.stream_key);
    const publisher = await publish(stream.server_urls.webrtc, h264, { waitForMedia: false });
    open.push(publisher);
    const { stream_key: key } = stream;
    await waitUntil(() => ingest.inspect(key)?.publishing === true, 'the answer is taken');
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(ingest.inspect(key)).toMatchObject({ connected: false, packets: 0, status: 'waiting' });
  });

  it('forbid-answer refuses the answer', async () => {
    const stream = ingest.openStream();
    ingest.setFault({ kind: 'forbid-answer' }, stream.stream_key);
    const publisher = await publish(stream.server_urls.webrtc, h264, { waitForMedia: false });
    open.push(publisher);
    await waitUntil(() => publisher.client.received.length === 2, 'the answer is refused');
    expect(publisher.client.received[1]).toEqual({ code: 403, error: 'Forbidden' });
  });

  it('restart cuts everybody, and the stream goes on afterwards', async () => {
    const { publisher, key, stream } = await live(h264);
    await ingest.restart({ downForMs: 50 });
    await waitUntil(() => publisher.client.closeCode === 1006, 'the socket is cut');
    expect(ingest.inspect(key)?.status).toBe('idle');
    await live(h264, stream);
    expect(ingest.inspect(key)).toMatchObject({ status: 'live', sessions: 2 });
  });
});

describe('playback', () => {
  it('reaches viewers, who stay while the publisher comes back', async () => {
    const { publisher, key, stream } = await live(vp8);
    const viewer = await watch(stream.server_urls.webrtc);
    await waitUntil(() => viewer.packets.video > 20 && viewer.packets.audio > 20, 'media arrives');
    expect(ingest.inspect(key)?.viewers).toBe(1);
    await publisher.close();
    await waitUntil(() => ingest.inspect(key)?.publishing === false, 'the name is free');
    const before = viewer.packets.video;
    let atOutput: number | undefined;
    ingest.subscribe(({ kind }) => {
      if (kind === 'output-ready') atOutput = viewer.packets.video;
    });
    await live(vp8, stream);
    await waitUntil(() => viewer.packets.video > before + 20, 'media arrives again');
    // Nobody sees the media before the first sender reports, nor the first second of each track.
    expect(atOutput).toBe(before);
    expect(viewer.gaps).toBe(0);
    await viewer.close();
    await waitUntil(() => ingest.inspect(key)?.viewers === 0, 'the viewer is gone');
  });

  it('says 404 while there is nothing to see', async () => {
    await expect(watch(ingest.openStream().server_urls.webrtc)).rejects.toThrow(
      'Cannot create offer',
    );
  });
});

describe('recording', () => {
  it.each(['H264', 'VP8'] as const)('of %s holds both tracks and decodes clean', async (codec) => {
    const { key } = await live(codec === 'H264' ? h264 : vp8);
    const file = join(folder, `recording-${codec}`);
    await ingest.startRecording(key, file);
    await expect(ingest.startRecording(key, file)).rejects.toThrow('already');
    const before = ingest.inspect(key)?.frames ?? 0;
    await waitUntil(() => (ingest.inspect(key)?.frames ?? 0) > before + 40, 'there is something');
    const recording = await ingest.stopRecording(key);
    expect(recording).toMatchObject({ codec, container: codec === 'H264' ? 'mp4' : 'webm' });
    const args = ['-v', 'error', '-count_frames', '-show_entries'];
    const entries = 'stream=codec_name,width,height,nb_read_frames';
    const probe = await run('ffprobe', [...args, entries, '-of', 'json', file]);
    const { streams } = JSON.parse(probe.stdout);
    expect(streams).toMatchObject([
      {
        codec_name: codec.toLowerCase(),
        width: 320,
        height: 180,
        nb_read_frames: String(recording.videoFrames),
      },
      { codec_name: 'opus' },
    ]);
    const decoded = await run('ffmpeg', ['-v', 'error', '-i', file, '-f', 'null', '-']);
    expect(decoded.stderr).toBe('');
  });

  it('says so when nothing came', async () => {
    const { stream_key } = ingest.openStream();
    await ingest.startRecording(stream_key, join(folder, 'nothing'));
    await expect(ingest.stopRecording(stream_key)).rejects.toThrow('no key frame');
  });
});

describe('twenty broadcasts', () => {
  it('leave nothing behind', async () => {
    const stream = ingest.openStream();
    const { stream_key: key } = stream;
    const handles = () =>
      process.getActiveResourcesInfo().filter((name) => /UDP|TCP/.test(name)).length;
    const cycle = async () => {
      const publisher = await publish(stream.server_urls.webrtc, vp8);
      await waitUntil(() => ingest.inspect(key)?.publishing === true, 'the name is taken');
      await publisher.close();
      await waitUntil(() => ingest.inspect(key)?.publishing === false, 'the name is free');
    };
    await cycle();
    await waitUntil(() => handles() <= 2, 'the first is gone').catch(() => {});
    const before = handles();
    for (let i = 0; i < 20; i += 1) await cycle();
    await waitUntil(() => handles() <= before, 'every socket is closed');
    expect(ingest.inspect(key)?.sessions).toBe(21);
  }, 60_000);
});
