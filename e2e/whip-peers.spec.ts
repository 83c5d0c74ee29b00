import { startIngest } from '../ingest/index.js';
import { expect, openCore, openStream, test, waitForStatus } from './fixtures.js';
import { startTurnServer } from './turn-server.js';

/** A picture that a busy machine can encode, decode and read at once. */
const SMALL = { width: 640, height: 360 } as const;
/** No assertion about speed: how long pictures are waited for on a busy machine. */
const PATIENT = { timeout: 60_000 };

/** Where WHIP has the stream that a socket's address publishes to. */
function whipUrl(webSocketUrl: string): string {
  return `${webSocketUrl.replace(/^ws/, 'http')}?direction=whip`;
}

test.describe('an independent client, whip-whep', () => {
  test.use({ ingestOptions: { whip: 'rfc9725', whipToken: 'secret' } });

  test('publishes to the local ingest, restarts ICE and goes', async ({
    page,
    context,
    app,
    ingest,
  }) => {
    const { options, watchUrl, id } = await openStream(ingest);
    const report = () => ingest.inspect(options.streamKey);
    await page.goto(app.pageUrl('whip-whep'));
    await page.waitForFunction(() => 'whipWhep' in window);
    await page.evaluate(([url, token]) => window.whipWhep.publish(url, token), [
      whipUrl(options.serverUrl),
      'secret',
    ] as const);
    const viewer = await context.newPage();
    await viewer.goto(app.pageUrl('viewer'));
    await viewer.waitForFunction(() => 'viewer' in window);
    await viewer.evaluate((url) => window.viewer.watch(url), watchUrl);
    const seen = () => viewer.evaluate(() => window.viewer.seen);
    await expect.poll(seen, { ...PATIENT, message: 'pictures are seen' }).toBeGreaterThan(30);
    expect(report()?.audioPackets).toBeGreaterThan(0);

    const before = await seen();
    const serverName = () => page.evaluate(() => window.whipWhep.remoteUsernameFragment);
    const firstName = await serverName();
    await page.evaluate(() => window.whipWhep.restart());
    expect(await serverName()).not.toBe(firstName);
    await expect.poll(seen, { ...PATIENT, message: 'pictures go on' }).toBeGreaterThan(before + 30);
    expect(report()).toMatchObject({ sessions: 1, connected: true });

    await page.evaluate(() => window.whipWhep.stop());
    await expect.poll(() => ingest.getStream(id)?.status).toBe('idle');
    expect(report()?.publishing).toBe(false);
  });
});

test('a relay alone carries a broadcast, which shows its path as such', async ({
  page,
  context,
  app,
}) => {
  test.setTimeout(300_000);
  const turn = await startTurnServer();
  const ingest = await startIngest({
    iceServers: [turn.iceServer],
    allowedOrigins: [app.origin],
  });
  try {
    const viewer = await context.newPage();
    await viewer.goto(app.pageUrl('viewer'));
    await viewer.waitForFunction(() => 'viewer' in window);
    const seen = () => viewer.evaluate(() => window.viewer.seen);
    for (const protocol of ['a socket', 'WHIP'] as const) {
      const { options, watchUrl } = await openStream(ingest);
      const serverUrl = protocol === 'a socket' ? options.serverUrl : whipUrl(options.serverUrl);
      const before = await seen();
      const relayed = { transport: 'tcp', iceTransportPolicy: 'relay' } as const;
      await openCore(page, app, { serverUrl, camera: SMALL, ...relayed });
      await page.evaluate(() => window.kit.get().start());
      await waitForStatus(page, 'live');
      await viewer.evaluate((url) => window.viewer.watch(url), watchUrl);
      await expect
        .poll(seen, { ...PATIENT, message: `seen over ${protocol}` })
        .toBeGreaterThan(before + 30);
      const path = () => page.evaluate(() => window.kit.sample()?.path);
      await expect.poll(path, { message: `path over ${protocol}` }).toBe('relay');
      await page.evaluate(() => window.kit.get().release());
    }
  } finally {
    await ingest.close();
    await turn.close();
  }
});
