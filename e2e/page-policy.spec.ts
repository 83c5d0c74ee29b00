import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from '@playwright/test';
import { SERVER_CERTIFICATE } from '../ingest/testing/server-certificate.js';
import { expect, openCore, openStream, test } from './fixtures.js';

/** Adds a policy to a page that is there already; it holds for all that follows. */
async function addPolicy(page: Page, policy: string): Promise<void> {
  await page.evaluate((content) => {
    const meta = document.createElement('meta');
    meta.httpEquiv = 'Content-Security-Policy';
    meta.content = content;
    document.head.append(meta);
  }, policy);
}

/** How a start ends. */
function startEnd(page: Page): Promise<string> {
  return page.evaluate(() =>
    window.kit
      .get()
      .start()
      .then(
        () => 'live',
        ({ code, message, cause }) => `${code}: ${message} ${cause ?? ''}`,
      ),
  );
}

test('a policy that forbids the socket is told, without the key @firefox', async ({
  page,
  app,
  ingest,
}) => {
  const { options } = await openStream(ingest);
  await openCore(page, app, options);
  await addPolicy(page, "connect-src 'self'");
  const end = await startEnd(page);
  expect(end).toMatch(/^blocked-by-content-policy: .*connect-src/);
  expect(end).not.toContain(options.streamKey);
});

test('a policy that allows the socket alone stops nothing @firefox', async ({
  page,
  app,
  ingest,
}) => {
  const { options } = await openStream(ingest);
  await openCore(page, app, options);
  await addPolicy(page, `connect-src ${new URL(options.serverUrl).origin}`);
  expect(await startEnd(page)).toBe('live');
  await page.evaluate(() => window.kit.get().release());
});

/** No code but the page's own files, and no text that is taken for code. */
const strict = (serverUrl: string) =>
  `default-src 'self'; connect-src ${new URL(serverUrl).origin}; require-trusted-types-for 'script'; trusted-types webrtc-broadcaster`;

test('a strict policy with Trusted Types is not violated by a whole broadcast', async ({
  page,
  app,
  ingest,
  faults,
}) => {
  const { options } = await openStream(ingest);
  const worker = page.waitForEvent('worker');
  await openCore(page, app, { ...options, resumeOnReload: true });
  await addPolicy(page, strict(options.serverUrl));
  expect(await startEnd(page)).toBe('live');
  expect((await worker).url()).toContain('ticker-worker');
  await page.evaluate(() => window.kit.get().release());
  expect(faults.console).toEqual([]);
});

test('where workers are forbidden a broadcast goes on without, and says so once', async ({
  page,
  app,
  ingest,
  faults,
}) => {
  const { options } = await openStream(ingest);
  await openCore(page, app, options);
  await addPolicy(page, `${strict(options.serverUrl)}; worker-src 'none'`);
  expect(await startEnd(page)).toBe('live');
  await page.evaluate(() => window.kit.get().release());
  expect(faults.console).toHaveLength(1);
  expect(faults.console[0]).toContain('worker-src');
});

test('a server that refuses the handshake is told from one that is away @firefox', async ({
  page,
  app,
  ingestHost,
}) => {
  const server = createServer((_, response) => response.end('<!doctype html>'));
  server.on('upgrade', (_, socket) => socket.end('HTTP/1.1 404 Not Found\r\n\r\n'));
  await new Promise<void>((done) => server.listen(0, ingestHost, done));
  const { port } = server.address() as AddressInfo;
  await openCore(page, app, { serverUrl: `ws://${ingestHost}:${port}/app/the-key` });
  const refused = await startEnd(page);
  expect(refused).toMatch(/^handshake-refused: /);
  expect(refused).not.toContain('the-key');
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  expect(await startEnd(page)).toMatch(/^unreachable: /);
});

test.describe('an ingest over TLS', () => {
  test.use({ ingestOptions: { tls: SERVER_CERTIFICATE } });

  test('an error on a certificate that the browser does not trust says where to look', async ({
    page,
    app,
    ingest,
  }) => {
    const { options } = await openStream(ingest);
    await openCore(page, app, options);
    expect(await startEnd(page)).toMatch(/^unreachable: .*https:\/\/.* certificate/);
  });

  test.describe('that the browser trusts', () => {
    test.use({ ignoreHTTPSErrors: true });

    test('and that is asked for without TLS is told by the address it wants', async ({
      page,
      app,
      ingest,
    }) => {
      const { options } = await openStream(ingest);
      const serverUrl = options.serverUrl.replace('wss:', 'ws:');
      await openCore(page, app, { ...options, serverUrl });
      const end = await startEnd(page);
      expect(end).toMatch(/^invalid-options: .*begin with wss/);
      expect(end).not.toContain(options.streamKey);
    });
  });
});
