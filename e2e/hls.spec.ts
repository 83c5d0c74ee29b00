import { startEncoder } from '../ingest/testing/test-encoder.js';
import { expect, startCore, test, waitForStatus } from './fixtures.js';

test.use({ ingestOptions: { rtmpPort: 0 } });

test('a browser’s broadcast plays as HLS in a browser, with picture and sound', async ({
  page,
  context,
  app,
  ingest,
}) => {
  const { id } = await startCore(page, app, ingest);
  await waitForStatus(page, 'live');
  const [playlist = ''] = ingest.getStream(id)?.playback_urls ?? [];
  const player = await context.newPage();
  await player.goto(`${app.pageUrl('hls')}#${encodeURIComponent(playlist)}`);
  const shown = () => player.evaluate(() => window.hlsScreen.frames.length);
  await expect.poll(shown, { timeout: 60_000 }).toBeGreaterThan(60);
  const numbers = await player.evaluate(() =>
    window.hlsScreen.frames.flatMap(({ number }) => (number === null ? [] : [number])),
  );
  expect(numbers.length, 'readable frames').toBeGreaterThan(30);
  expect(await player.evaluate(() => window.hlsSoundBytes())).toBeGreaterThan(0);
  const latencyMs = await player.evaluate(() => window.hlsLatencyMs());
  expect(latencyMs).toBeGreaterThan(0);
  test.info().annotations.push({ type: 'latency', description: `${latencyMs} ms` });
  process.stdout.write(`HLS behind arrival: ${latencyMs} ms\n`);
  expect(await player.evaluate(() => window.hlsFaults)).toEqual([]);
});

test('an encoder’s broadcast plays as HLS and over WebRTC in a browser', async ({
  page,
  context,
  app,
  ingest,
}) => {
  const stream = ingest.openStream();
  const encoder = startEncoder(`${stream.server_urls.rtmp}/${stream.stream_key}`);
  await expect.poll(() => ingest.getStream(stream.id)?.status).toBe('live');
  const [playlist = ''] = stream.playback_urls;
  await page.goto(`${app.pageUrl('hls')}#${encodeURIComponent(playlist)}`);
  await expect
    .poll(() => page.evaluate(() => window.hlsScreen.frames.at(-1)?.width), { timeout: 60_000 })
    .toBe(640);
  const viewer = await context.newPage();
  const watchUrl = encodeURIComponent(stream.server_urls.webrtc);
  await viewer.goto(`${app.pageUrl('oven-player')}#${watchUrl}`);
  const watched = () => viewer.evaluate(() => window.shown()?.frames.at(-1)?.width);
  await expect.poll(watched, { timeout: 60_000 }).toBe(640);
  await encoder.stop();
  await expect.poll(() => ingest.getStream(stream.id)?.status).toBe('idle');
  expect(await page.evaluate(() => window.hlsFaults)).toEqual([]);
});
