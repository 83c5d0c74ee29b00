import { SERVER_CERTIFICATE } from '../ingest/testing/server-certificate.js';
import { expect, openCore, openStream, test, waitForStatus } from './fixtures.js';

// Qencode's addresses are all `wss` and `https`; the certificate of the tests is nobody's.
test.use({ ingestOptions: { tls: SERVER_CERTIFICATE }, ignoreHTTPSErrors: true });

test('the whole story runs over TLS: prepared, live, watched, cut off and back, stopped', async ({
  page,
  context,
  app,
  ingest,
}) => {
  const { id, options, watchUrl } = await openStream(ingest);
  expect(options.serverUrl).toMatch(/^wss:/);
  const second = page.waitForEvent('websocket', {
    predicate: (socket) => socket.url().startsWith('wss:'),
  });
  await openCore(page, app, options);
  await page.evaluate(() => window.kit.get().preview());
  await second;
  await page.evaluate(() => window.kit.get().start());
  await waitForStatus(page, 'live');

  await page.evaluate((url) => window.kit.watch(url), watchUrl);
  await page.waitForFunction(() => (window.kit.viewer?.frames.length ?? 0) > 30);
  const [playlist = ''] = ingest.getStream(id)?.playback_urls ?? [];
  expect(playlist).toMatch(/^https:/);
  const player = await context.newPage();
  await player.goto(`${app.pageUrl('hls')}#${encodeURIComponent(playlist)}`);
  await expect
    .poll(() => player.evaluate(() => window.hlsScreen.frames.length), { timeout: 60_000 })
    .toBeGreaterThan(30);
  await player.close();

  ingest.setFault({ kind: 'cut-socket' }, options.streamKey);
  const history = () => page.evaluate(() => window.kit.history());
  const cutAndBack = ['idle', 'connecting', 'live', 'reconnecting', 'live'];
  await expect.poll(history, { timeout: 60_000 }).toEqual(cutAndBack);
  await ingest.restart({ downForMs: 1_000 });
  await expect.poll(history, { timeout: 60_000 }).toEqual([...cutAndBack, 'reconnecting', 'live']);

  await page.evaluate(() => window.kit.get().stop());
  await expect.poll(() => ingest.inspect(options.streamKey)?.publishing).toBe(false);
});

test('the ingest’s page shows and steers it over TLS', async ({ page, ingest }) => {
  await page.goto(`${ingest.url}/`);
  await page.getByRole('button', { name: 'New stream' }).click();
  await expect.poll(() => ingest.listStreams()[0]?.server_urls.webrtc ?? '').toMatch(/^wss:/);
});
