import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Ingest, startIngest } from '../index.js';
import { signToken } from '../playback/json-web-token.js';
import { countChildren } from '../testing/children.js';
import { decode, probe, sizesIn } from '../testing/probe.js';
import { makeClip, turning } from '../testing/test-clips.js';
import { type Clip, publish, type TestPublisher } from '../testing/test-publisher.js';
import { waitUntil } from '../testing/wait-until.js';

let clip: Clip;
let wide: Clip;
let tall: Clip;
let vp8: Clip;
beforeAll(async () => {
  [clip, wide, tall, vp8] = await Promise.all([
    makeClip('H264'),
    makeClip('H264', '640x360'),
    makeClip('H264', '180x320'),
    makeClip('VP8'),
  ]);
}, 60_000);

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

async function live(media: Clip, stream = ingest.openStream()) {
  const publisher = await publish(stream.server_urls.webrtc, media);
  open.push(publisher);
  await waitUntil(() => ingest.getStream(stream.id)?.status === 'live', 'the stream is live');
  const [playlist = ''] = stream.playback_urls;
  return { publisher, stream, playlist };
}
/** The media playlist that a multivariant one names first; every other text as it is. */
const text = async (url: string): Promise<string> => {
  const body = await (await fetch(url)).text();
  const [, path] = /^#EXT-X-STREAM-INF.*\n(.*)$/m.exec(body) ?? [];
  return path === undefined ? body : text(String(new URL(path, url)));
};

const sequence = (playlist: string) =>
  Number(/EXT-X-MEDIA-SEQUENCE:(\d+)/.exec(playlist)?.[1]) +
  (playlist.match(/^#EXTINF/gm)?.length ?? 0);

describe('HLS of a live stream', () => {
  it('plays as H264 and AAC, decodes without a complaint', { timeout: 60_000 }, async () => {
    const { playlist, stream } = await live(clip);
    expect(await probe(playlist)).toMatchObject([
      { codec_name: 'h264', width: 320, height: 180 },
      { codec_name: 'aac', sample_rate: '48000', channels: 2 },
    ]);
    expect(await decode(playlist, 4)).toBe('');
    expect(await decode(`${ingest.url}/${stream.playback_id}.m3u8`, 2)).toBe('');
    expect(ingest.inspect(stream.stream_key)?.viewers).toBe(0);
  });

  it('keeps six short independent segments that tell when they were sent', async () => {
    const { playlist } = await live(clip);
    const before = Date.now();
    await waitUntil(async () => sequence(await text(playlist)) >= 7, 'a segment falls out');
    const response = await fetch(playlist);
    expect(response.headers.get('content-type')).toBe('application/vnd.apple.mpegurl');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.text()).toMatch(
      /#EXT-X-STREAM-INF:BANDWIDTH=\d+,RESOLUTION=320x180,CODECS="avc1\.\w+,mp4a\.40\.2"\nsource\.m3u8\n/,
    );
    const body = await text(playlist);
    expect(body).toContain('#EXT-X-INDEPENDENT-SEGMENTS');
    expect(body).toContain('#EXT-X-TARGETDURATION:1\n');
    expect(body).not.toContain('#EXT-X-DISCONTINUITY\n');
    const segments = body.match(/^[^#\n].*$/gm) ?? [];
    expect(segments).toHaveLength(6);
    const times = [...body.matchAll(/PROGRAM-DATE-TIME:(.*)/g)].map(([, at = '']) =>
      Date.parse(at),
    );
    expect(times).toHaveLength(6);
    expect(times).toEqual([...times].sort((left, right) => left - right));
    expect(times[0]).toBeGreaterThan(before);
    expect(times[5]).toBeLessThan(Date.now());
    const segment = await fetch(new URL(segments[0] ?? '', playlist));
    expect(segment.headers.get('content-type')).toBe('video/mp4');
    expect(Buffer.from(await segment.arrayBuffer()).includes('moof')).toBe(true);
  }, 30_000);

  it('has a second, smaller rendition for whoever asks', { timeout: 60_000 }, async () => {
    const { playlist } = await live(wide);
    const address = `${playlist}?renditions=2`;
    const body = await (await fetch(address)).text();
    expect(body.match(/RESOLUTION=\w+/g)).toEqual(['RESOLUTION=640x360', 'RESOLUTION=426x240']);
    const small = new URL('small.m3u8', playlist).href;
    expect(await probe(small)).toMatchObject([
      { codec_name: 'h264', width: 426, height: 240 },
      { codec_name: 'aac', sample_rate: '48000' },
    ]);
    expect(await decode(small, 3)).toBe('');
    expect(await (await fetch(playlist)).text()).not.toContain('small');
  });

  it('goes on behind a discontinuity when the publisher returns with another picture size', async () => {
    const { playlist, publisher, stream } = await live(clip);
    const before = sequence(await text(playlist));
    await publisher.close();
    await waitUntil(() => ingest.getStream(stream.id)?.status === 'idle', 'the stream is idle');
    expect(await text(playlist)).not.toContain('#EXT-X-ENDLIST');
    await live(wide, stream);
    await waitUntil(
      async () => (await text(playlist)).includes('#EXT-X-DISCONTINUITY\n'),
      'it resumes',
    );
    const body = await text(playlist);
    expect(sequence(body)).toBeGreaterThan(before);
    expect(body.match(/EXT-X-MAP/g)).toHaveLength(2);
    expect(await decode(playlist, 4)).toBe('');
  }, 60_000);

  it('goes on behind a discontinuity when the picture is turned mid-stream', async () => {
    const { playlist, stream } = await live(turning(clip, tall));
    const maps = async () => new Set((await text(playlist)).match(/^#EXT-X-MAP.*$/gm));
    await waitUntil(async () => (await maps()).size >= 2, 'both sizes are packaged');
    ingest.stopStream(stream.id);
    await waitUntil(async () => (await text(playlist)).includes('#EXT-X-ENDLIST'), 'it ends');
    expect(await text(playlist)).toContain('#EXT-X-DISCONTINUITY\n');
    expect(await decode(playlist, 60)).toBe('');
    expect(await sizesIn(playlist)).toEqual(['180x320', '320x180']);
  }, 60_000);

  it('keeps its sound in Opus where there is no ffmpeg', async () => {
    await ingest.close();
    ingest = await startIngest({ ffmpegPath: '/nowhere/ffmpeg' });
    const { playlist } = await live(clip);
    expect(await probe(playlist)).toMatchObject([{ codec_name: 'h264' }, { codec_name: 'opus' }]);
    expect(await decode(playlist, 2)).toBe('');
  }, 30_000);

  it('ends with the stream, and is gone when nobody asks any more', async () => {
    await ingest.close();
    ingest = await startIngest({ timeScale: 40 });
    const texts: string[] = [];
    ingest.subscribe((event) => texts.push(event.text));
    const { playlist, stream } = await live(clip);
    expect((await fetch(playlist)).status).toBe(200);
    expect(await countChildren('ffmpeg')).toBe(1);
    ingest.stopStream(stream.id);
    await waitUntil(async () => (await text(playlist)).includes('#EXT-X-ENDLIST'), 'it ends');
    await waitUntil(async () => (await countChildren('ffmpeg')) === 0, 'the encoder is gone');
    const [segment = ''] = (await text(playlist)).match(/^[^#\n].*$/m) ?? [];
    await waitUntil(() => texts.includes('HLS packaging ended'), 'nobody asks any more');
    expect((await fetch(playlist)).status).toBe(404);
    expect((await fetch(new URL(segment, playlist))).status).toBe(404);
  }, 60_000);

  it('runs only while somebody asks for it', async () => {
    const { playlist } = await live(clip);
    expect(await countChildren('ffmpeg')).toBe(0);
    await fetch(playlist);
    expect(await countChildren('ffmpeg')).toBe(1);
    await ingest.close();
    expect(await countChildren('ffmpeg')).toBe(0);
  }, 30_000);

  it('asks for a token where the playback id is an authenticated one, for segments too', async () => {
    const { stream } = await live(clip);
    const call = async (path: string, body: unknown, authorization = '') => {
      const init = { method: 'POST', headers: { authorization }, body: JSON.stringify(body) };
      return (await fetch(`${ingest.url}/v1/${path}`, init)).json();
    };
    const { access_token } = await call('access_token/any', {});
    const bearer = `Bearer ${access_token}`;
    const { id } = await call(
      `live-streams/${stream.id}/playback-ids`,
      { policy: 'authenticated' },
      bearer,
    );
    const { key } = await call('signing-keys', { stream_id: stream.id }, bearer);
    const address = `${ingest.url}/${id}.m3u8`;
    expect((await fetch(address)).status).toBe(401);
    const auth = signToken({ exp: Math.floor(Date.now() / 1000) + 60 }, key);
    const signed = `${address}?${new URLSearchParams({ auth })}`;
    expect(await decode(signed, 1)).toBe('');
    const [path = ''] = (await text(signed)).match(/^[^#\n].*$/m) ?? [];
    const segment = new URL(path, `${ingest.url}/play-${id}/qhls/qlive/`);
    expect((await fetch(segment)).status).toBe(200);
    segment.search = '';
    expect((await fetch(segment)).status).toBe(401);
  }, 30_000);

  it('says in words why there is none', async () => {
    const waiting = ingest.openStream();
    const address = (id: string) => `${ingest.url}/${id}.m3u8`;
    const refusal = async (url: string) => {
      const response = await fetch(url);
      return { status: response.status, ...((await response.json()) as { message: string }) };
    };
    expect(await refusal(address(waiting.playback_id))).toMatchObject({
      status: 404,
      message: 'The stream is waiting: nothing comes in.',
    });
    expect(await refusal(address('nobody'))).toMatchObject({ status: 404 });
    expect(await refusal(`${ingest.url}/play-${waiting.playback_id}/qhls`)).toMatchObject({
      status: 404,
    });
    const { playlist } = await live(vp8);
    expect(await refusal(playlist)).toMatchObject({
      status: 415,
      message: 'HLS needs H264, and the publisher sends VP8.',
    });
  });
});
