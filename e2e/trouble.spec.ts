import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Page } from '@playwright/test';
import { WebSocketServer } from 'ws';
import type { BroadcasterOptions } from '../src/core/index.js';
import type { App } from './app.js';
import { expect, openCore, openStream, test, waitForStatus } from './fixtures.js';

/** Presses start, and answers with the code of the error, or `null` when it went live. */
function startCode(page: Page): Promise<string | null> {
  return page.evaluate(() =>
    window.kit
      .get()
      .start()
      .then(
        () => null,
        (thrown) => thrown.code ?? String(thrown),
      ),
  );
}

test.describe('camera and microphone refused', () => {
  // Granting anything else denies the rest.
  test.use({ permissions: ['geolocation'] });

  test('going live says that permission was denied, and opens no session', async ({
    page,
    app,
    ingest,
  }) => {
    const { options } = await openStream(ingest);
    await openCore(page, app, options);
    expect(await startCode(page)).toBe('permission-denied');
    await waitForStatus(page, 'failed');
    expect(ingest.inspect(options.streamKey)).toMatchObject({ publishing: false, sessions: 0 });
  });
});

test('a camera that goes away while live does not end the broadcast', async ({
  page,
  context,
  app,
  ingest,
}) => {
  const { options } = await openStream(ingest);
  await openCore(page, app, options);
  expect(await startCode(page)).toBeNull();
  await context.clearPermissions();
  await expect
    .poll(() => page.evaluate(() => window.kit.summary().camera), { timeout: 60_000 })
    .toBe('failed');
  await waitForStatus(page, 'live');
  expect(ingest.inspect(options.streamKey)).toMatchObject({ publishing: true, sessions: 1 });
});

test('a wrong key is named as such', { tag: '@firefox' }, async ({ page, app, ingest }) => {
  const { serverUrl, streamKey } = (await openStream(ingest)).options;
  await openCore(page, app, { serverUrl: serverUrl.replace(streamKey, 'no-such-key') });
  expect(await startCode(page)).toBe('stream-not-found');
  await waitForStatus(page, 'failed');
});

test('a server that floods the page with messages is left, in words', async ({ page, app }) => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  server.on('connection', (socket) => {
    socket.on('error', () => {});
    for (let sent = 0; sent < 20_000; sent += 1) socket.send('{"command":"hello"}');
  });
  const { port } = server.address() as AddressInfo;
  await openCore(page, app, { serverUrl: `ws://127.0.0.1:${port}/app/key` });
  expect(await startCode(page)).toBe('protocol-violation');
  await waitForStatus(page, 'failed');
  for (const socket of server.clients) socket.terminate();
  server.close();
});

test('an absent server is unreachable', async ({ page, app, ingest }) => {
  const { options } = await openStream(ingest);
  await ingest.close();
  await page.clock.install();
  await openCore(page, app, options);
  const code = startCode(page);
  await runClockUntil(page, 'failed');
  expect(await code).toBe('unreachable');
});

test('a server that never offers ends in a timeout', async ({ page, app, ingest }) => {
  const { options } = await openStream(ingest);
  ingest.setFault({ kind: 'no-offer' }, options.streamKey);
  await page.clock.install();
  await openCore(page, app, options);
  const code = startCode(page);
  await runClockUntil(page, 'failed');
  expect(await code).toBe('timeout');
});

test('stop and start again at once publishes again', async ({ page, app, ingest }) => {
  const { options } = await openStream(ingest);
  await openCore(page, app, options);
  expect(await startCode(page)).toBeNull();
  await page.evaluate(() => {
    void window.kit.get().stop();
    return window.kit.get().start();
  });
  await waitForStatus(page, 'live');
  await expect
    .poll(() => ingest.inspect(options.streamKey), { timeout: 45_000 })
    .toMatchObject({ publishing: true, sessions: 2 });
});

test('a reload while live frees the stream for the page that comes back', async ({
  page,
  app,
  ingest,
}) => {
  const { options } = await openStream(ingest);
  await openCore(page, app, options);
  expect(await startCode(page)).toBeNull();
  await openCore(page, app, options);
  expect(await startCode(page)).toBeNull();
});

test.describe('of two broadcasters that are prepared for one stream', () => {
  /** Opens both pages, and waits until each has an offer. */
  const prepareBoth = async (
    pages: readonly Page[],
    app: App,
    options: BroadcasterOptions,
  ): Promise<void> => {
    for (const page of pages) {
      let sockets = 0;
      // An offer is new for half a second; then a second socket waits for the press.
      const second = page.waitForEvent('websocket', {
        predicate: () => {
          sockets += 1;
          return sockets === 2;
        },
      });
      await openCore(page, app, { ...options, autoPrepare: false });
      await page.evaluate(() => window.kit.get().prepare());
      await second;
    }
  };

  test('the later one is told, and the one that is live is not disturbed', async ({
    page,
    browser,
    app,
    ingest,
  }) => {
    const { options, watchUrl } = await openStream(ingest);
    const elsewhere = await browser.newContext({ permissions: ['camera', 'microphone'] });
    const late = await elsewhere.newPage();
    await prepareBoth([page, late], app, options);
    expect(await startCode(page)).toBeNull();
    expect(await startCode(late)).toBe('stream-busy');
    await late.evaluate(() => window.kit.get().release());
    await elsewhere.close();
    await page.evaluate((url) => window.kit.watch(url), watchUrl);
    await page.waitForFunction(() => (window.kit.viewer?.frames.length ?? 0) > 60);
    expect(await page.evaluate(() => window.kit.history())).toEqual(['idle', 'connecting', 'live']);
    expect(ingest.inspect(options.streamKey)).toMatchObject({ publishing: true, sessions: 1 });
  });

  test('one is live in the end when both go live at the same moment', async ({
    page,
    browser,
    app,
    ingest,
  }) => {
    const { options } = await openStream(ingest);
    const elsewhere = await browser.newContext({ permissions: ['camera', 'microphone'] });
    const other = await elsewhere.newPage();
    await prepareBoth([page, other], app, options);
    const codes = await Promise.all([startCode(page), startCode(other)]);
    // An OvenMediaEngine ends the stream of the one that it took when it refused the other, and it
    // is taken back.
    expect(codes.filter((code) => code === null)).toHaveLength(1);
    expect(codes).toContain('stream-busy');
    const winner = codes[0] === null ? page : other;
    await expect.poll(() => ingest.inspect(options.streamKey)?.publishing).toBe(true);
    await waitForStatus(winner, 'live');
    await elsewhere.close();
  });
});

test('two broadcasters on one page publish two streams', async ({ page, app, ingest }) => {
  const { options: first } = await openStream(ingest);
  const { options: second } = await openStream(ingest);
  await openCore(page, app, first);
  await page.evaluate((options) => window.kit.create(options, 'second'), second);
  await page.evaluate(() =>
    Promise.all([window.kit.get().start(), window.kit.get('second').start()]),
  );
  await waitForStatus(page, 'live');
  await waitForStatus(page, 'live', 'second');
  await page.evaluate(() => window.kit.get().stop());
  await waitForStatus(page, 'live', 'second');
  await expect.poll(() => ingest.inspect(first.streamKey)?.publishing).toBe(false);
  expect(ingest.inspect(second.streamKey)).toMatchObject({ publishing: true, sessions: 1 });
});

test('a broadcast comes back by itself when its socket is cut', { tag: '@firefox' }, async ({
  page,
  app,
  ingest,
}) => {
  const { options, watchUrl } = await openStream(ingest);
  await openCore(page, app, options);
  expect(await startCode(page)).toBeNull();
  ingest.setFault({ kind: 'cut-socket' }, options.streamKey);
  await expect
    .poll(() => page.evaluate(() => window.kit.history()), { timeout: 60_000 })
    .toEqual(['idle', 'connecting', 'live', 'reconnecting', 'live']);
  expect(ingest.inspect(options.streamKey)).toMatchObject({ publishing: true, sessions: 2 });
  await page.evaluate((url) => window.kit.watch(url), watchUrl);
  await page.waitForFunction(() => (window.kit.viewer?.frames.length ?? 0) > 30);
});

test('a broadcast whose media is cut says so, and comes back when the path does', async ({
  page,
  app,
  ingest,
}) => {
  const { options } = await openStream(ingest);
  await openCore(page, app, options);
  expect(await startCode(page)).toBeNull();
  ingest.setFault({ kind: 'cut-media', scope: 'path' }, options.streamKey);
  await waitForStatus(page, 'reconnecting');
  ingest.setFault(null, options.streamKey);
  await waitForStatus(page, 'live');
  const before = ingest.inspect(options.streamKey)?.frames ?? 0;
  await expect.poll(() => ingest.inspect(options.streamKey)?.frames).toBeGreaterThan(before + 30);
});

test('a broadcast comes back by itself when the server restarts', { tag: '@firefox' }, async ({
  page,
  app,
  ingest,
}) => {
  const { options } = await openStream(ingest);
  await openCore(page, app, options);
  expect(await startCode(page)).toBeNull();
  await ingest.restart({ downForMs: 500 });
  await expect
    .poll(() => page.evaluate(() => window.kit.history()), { timeout: 60_000 })
    .toEqual(['idle', 'connecting', 'live', 'reconnecting', 'live']);
});

test('a broadcast that cannot come back gives up when the resume window closes', async ({
  page,
  app,
  ingest,
}) => {
  const { options } = await openStream(ingest);
  await page.clock.install();
  await openCore(page, app, options);
  expect(await startCode(page)).toBeNull();
  await ingest.close();
  await waitForStatus(page, 'reconnecting');
  await runClockUntil(page, 'failed');
  expect(await page.evaluate(() => window.kit.summary().errors[0]?.code)).toBe('resume-expired');
});

test.describe('an ingest whose window closes at once', () => {
  test.use({ ingestOptions: { startTimeoutSeconds: 1 } });

  test('the stream is gone when nobody goes live in time', async ({ page, app, ingest }) => {
    const { id, options } = await openStream(ingest);
    await expect.poll(() => ingest.getStream(id)?.status).toBe('stopped');
    await openCore(page, app, options);
    // The ingest is there, and takes nobody at the address of a stream that has ended.
    expect(await startCode(page)).toBe('handshake-refused');
  });
});

test.describe('an ingest whose window closes soon', () => {
  test.use({ ingestOptions: { startTimeoutSeconds: 8 } });

  test('the stream stays when somebody does', async ({ page, app, ingest }) => {
    // The page and its camera first: only to connect has to be done while the window is open.
    await openCore(page, app, {});
    await page.evaluate(() => window.kit.get().preview());
    const { options } = await openStream(ingest);
    const { id: neighbour } = await openStream(ingest);
    await page.evaluate((given) => window.kit.get().update(given), options);
    expect(await startCode(page)).toBeNull();
    // The neighbour that nobody published to shows that the window has closed meanwhile.
    await expect.poll(() => ingest.getStream(neighbour)?.status).toBe('stopped');
    expect(ingest.inspect(options.streamKey)).toMatchObject({ publishing: true, sessions: 1 });
  });
});

/** Lets the clock of the page run ahead in steps of a second until the broadcaster is there. */
async function runClockUntil(page: Page, status: string): Promise<void> {
  await expect
    .poll(
      async () => {
        await page.clock.runFor(1000);
        return page.evaluate(() => window.kit.summary().status);
      },
      { timeout: 60_000, intervals: [50] },
    )
    .toBe(status);
}

test('a broadcast that is live goes on when its address is taken away', {
  tag: '@firefox',
}, async ({ page, app, ingest }) => {
  const { options } = await openStream(ingest);
  await openCore(page, app, options);
  expect(await startCode(page)).toBeNull();
  await page.evaluate(() => window.kit.get().update({ serverUrl: null }));
  const packets = ingest.inspect(options.streamKey)?.packets ?? 0;
  await expect
    .poll(() => ingest.inspect(options.streamKey)?.packets)
    .toBeGreaterThan(packets + 100);
  await waitForStatus(page, 'live');
  await ingest.restart({ downForMs: 100 });
  await waitForStatus(page, 'failed');
  expect(await page.evaluate(() => window.kit.summary().errors[0]?.code)).toBe('invalid-options');
});
