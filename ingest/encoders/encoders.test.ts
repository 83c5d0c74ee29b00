import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Ingest, type LiveStream, startIngest } from '../index.js';
import { countChildren } from '../testing/children.js';
import { openOmeClient } from '../testing/ome-client.js';
import { decode, probe } from '../testing/probe.js';
import { publishRtmp } from '../testing/rtmp-publisher.js';
import { startEncoder, type TestEncoder, type TestEncoding } from '../testing/test-encoder.js';
import { watch } from '../testing/test-viewer.js';
import { waitUntil } from '../testing/wait-until.js';

let ingest: Ingest;
let texts: string[];
let encoders: TestEncoder[];
beforeEach(async () => {
  ingest = await startIngest({ rtmpPort: 0, srtPort: 0 });
  texts = [];
  encoders = [];
  ingest.subscribe(({ text }) => texts.push(text));
});
afterEach(async () => {
  await Promise.all(encoders.map((encoder) => encoder.kill()));
  await ingest.close();
  expect(await countChildren('ffmpeg')).toBe(0);
  expect(await countChildren('ffprobe')).toBe(0);
});

type Way = 'rtmp' | 'srt';

/** The address with the key in it, as an encoder is given it. */
function addressOf(way: Way, { server_urls, stream_key }: LiveStream, key = stream_key): string {
  const { rtmp = '', srt = '' } = server_urls;
  return way === 'rtmp' ? `${rtmp}/${key}` : srt.replace(stream_key, key);
}

function encode(url: string, encoding?: TestEncoding): TestEncoder {
  const encoder = startEncoder(url, encoding);
  encoders.push(encoder);
  return encoder;
}

const status = ({ id }: LiveStream) => ingest.getStream(id)?.status;
async function live(way: Way, encoding?: TestEncoding) {
  const stream = ingest.openStream();
  const encoder = encode(addressOf(way, stream), encoding);
  await waitUntil(() => status(stream) === 'live', 'the stream is live');
  const [playlist = ''] = stream.playback_urls;
  return { stream, encoder, playlist };
}

describe.each(['rtmp', 'srt'] as const)('an encoder over %s', { timeout: 60_000 }, (way) => {
  it('is live, counted, and played by everybody', async () => {
    const { stream, playlist } = await live(way);
    const viewer = await watch(stream.server_urls.webrtc);
    await waitUntil(() => ingest.inspect(stream.stream_key)?.outputReadyAt !== undefined, 'output');
    expect(ingest.inspect(stream.stream_key)).toMatchObject({
      status: 'live',
      publishing: true,
      connected: true,
      transport: way,
      sessions: 1,
      codec: 'H264',
      width: 640,
      height: 360,
      packetsLost: 0,
    });
    expect(await probe(playlist)).toMatchObject([
      { codec_name: 'h264', width: 640, height: 360 },
      { codec_name: 'aac', sample_rate: '48000', channels: 2 },
    ]);
    expect(await decode(playlist, 3)).toBe('');
    const { frames = 0, keyFrames = 0, audioPackets = 0 } = ingest.inspect(stream.stream_key) ?? {};
    expect(frames).toBeGreaterThan(15);
    expect(keyFrames).toBeGreaterThan(0);
    expect(audioPackets).toBeGreaterThan(40);
    expect(viewer.packets.video).toBeGreaterThan(15);
    expect(viewer.packets.audio).toBeGreaterThan(40);
    await viewer.close();
    expect(texts.filter((text) => text.startsWith('Publisher'))).toEqual([
      `Publisher connected over ${way.toUpperCase()}`,
    ]);
  });

  it('is refused with a wrong key', async () => {
    const stream = ingest.openStream();
    const encoder = encode(addressOf(way, stream, 'wrong'));
    expect(await encoder.ended).toBe(false);
    expect(texts.at(-1)).toMatch(/encoder refused/);
    expect(status(stream)).toBe('waiting');
  });

  it('is refused while somebody else publishes', async () => {
    const { stream } = await live(way);
    expect(await encode(addressOf(way, stream)).ended).toBe(false);
    expect(status(stream)).toBe('live');
    expect(ingest.inspect(stream.stream_key)?.sessions).toBe(1);
  });

  it('is cut when the stream is stopped, also before it sent anything', async () => {
    const { stream, encoder } = await live(way);
    ingest.stopStream(stream.id);
    expect(await encoder.ended).toBe(false);
    expect(ingest.inspect(stream.stream_key)).toMatchObject({
      status: 'stopped',
      publishing: false,
    });
    const early = ingest.openStream();
    const { rtmp } = ingest.ways;
    if (way === 'srt' || !rtmp.available) return;
    const silent = await publishRtmp({ port: rtmp.port, app: 'qlive', name: early.stream_key });
    const report = () => ingest.inspect(early.stream_key);
    expect(report()).toMatchObject({ publishing: true, sessions: 0 });
    ingest.stopStream(early.id);
    await waitUntil(() => silent.isClosed, 'the encoder is let go');
    expect(report()).toMatchObject({ publishing: false, sessions: 0 });
  });

  it('keeps its name from a browser, which is offered it, refused, and ends nothing', async () => {
    const { stream } = await live(way);
    const client = await openOmeClient(`${stream.server_urls.webrtc}?direction=send`);
    const { command, id, peer_id } = await client.ask({ command: 'request_offer' });
    expect(command).toBe('offer');
    const sdp = { type: 'answer', sdp: 'v=0' };
    expect(await client.ask({ command: 'answer', id, peer_id, sdp })).toMatchObject({ code: 403 });
    await client.close();
    expect(ingest.inspect(stream.stream_key)).toMatchObject({ publishing: true, sessions: 1 });
  });

  it('leaves the stream idle when it ends, and live when it returns', async () => {
    const { stream, encoder, playlist } = await live(way);
    await decode(playlist, 1);
    await encoder.stop();
    await waitUntil(() => status(stream) === 'idle', 'the stream is idle');
    encode(addressOf(way, stream));
    await waitUntil(() => status(stream) === 'live', 'the stream is live again');
    expect(ingest.inspect(stream.stream_key)?.sessions).toBe(2);
    const text = async () => (await fetch(new URL('source.m3u8', playlist))).text();
    await waitUntil(async () => (await text()).includes('#EXT-X-DISCONTINUITY\n'), 'it resumes');
  });

  it('loses its stream to a restart, and may come again at the same address', async () => {
    const { stream, encoder } = await live(way);
    const before = ingest.ways;
    await ingest.restart();
    expect(await encoder.ended).toBe(false);
    expect(ingest.ways).toEqual(before);
    encode(addressOf(way, stream));
    await waitUntil(() => status(stream) === 'live', 'the stream is live again');
  });

  it('is encoded again where browsers could not play it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'encoders-'));
    const file = join(folder, 'recording.mp4');
    const video =
      way === 'rtmp'
        ? ['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '2', '-g', '15']
        : ['-c:v', 'mpeg2video', '-g', '15'];
    const { stream } = await live(way, { video });
    await ingest.startRecording(stream.stream_key, file);
    const frames = () => ingest.inspect(stream.stream_key)?.frames ?? 0;
    const before = frames();
    await waitUntil(() => frames() > before + 30, 'pictures come');
    const recording = await ingest.stopRecording(stream.stream_key);
    expect(recording.videoFrames).toBeGreaterThan(10);
    expect(await probe(file)).toMatchObject([
      { codec_name: 'h264', has_b_frames: 0, width: 640 },
      { codec_name: 'opus' },
    ]);
    expect(await decode(file, 10)).toBe('');
    await rm(folder, { recursive: true });
  });

  it('may send a picture without sound', async () => {
    const { stream, playlist } = await live(way, { audio: null });
    expect(await probe(playlist)).toMatchObject([{ codec_name: 'h264' }]);
    expect(ingest.inspect(stream.stream_key)?.audioPackets).toBe(0);
  });
});

describe('ways in', { timeout: 60_000 }, () => {
  it('start a stream over RTMP, and refuse one over SRT, that was not started', async () => {
    const stream = ingest.openStream();
    ingest.stopStream(stream.id);
    expect(await encode(addressOf('srt', stream)).ended).toBe(false);
    expect(status(stream)).toBe('stopped');
    encode(addressOf('rtmp', stream));
    await waitUntil(() => status(stream) === 'live', 'the stream is live');
  });

  it('survive what is neither RTMP nor SRT', async () => {
    const { rtmp, srt } = ingest.ways;
    if (!rtmp.available || !srt.available) throw new Error('Both ways are here.');
    const socket = connect(rtmp.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.resume();
    socket.write(Buffer.alloc(3073 + 4096, 0xa5));
    const datagrams = createSocket('udp4');
    for (const length of [0, 1, 16, 63, 64, 200]) {
      datagrams.send(Buffer.alloc(length, 0x80), srt.port, '127.0.0.1');
      const handshake = Buffer.alloc(length, 0xff);
      if (length > 3) handshake.writeUInt32BE(0x8000_0000);
      datagrams.send(handshake, srt.port, '127.0.0.1');
    }
    socket.end();
    await once(socket, 'close');
    datagrams.close();
    await Promise.all((['rtmp', 'srt'] as const).map((way) => live(way)));
  });

  it('are not there without ffmpeg, and say so', async () => {
    await ingest.close();
    ingest = await startIngest({ rtmpPort: 0, srtPort: 0, ffmpegPath: '/nowhere/ffmpeg' });
    const missing = {
      available: false,
      reason: expect.stringMatching(/^ffmpeg is not installed: /),
    };
    expect(ingest.ways).toEqual({ rtmp: missing, srt: missing });
    expect(await (await fetch(`${ingest.url}/ingest/ways`)).json()).toEqual(ingest.ways);
    expect(Object.keys(ingest.openStream().server_urls)).toEqual(['webrtc']);
  });

  it('are off unless they are asked for', async () => {
    await ingest.close();
    ingest = await startIngest();
    expect(ingest.ways).toEqual({
      rtmp: { available: false, reason: 'rtmpPort was not given.' },
      srt: { available: false, reason: 'srtPort was not given.' },
    });
    await expect(startIngest({ srtPort: -1 })).rejects.toThrow('srtPort is a whole number');
  });
});
