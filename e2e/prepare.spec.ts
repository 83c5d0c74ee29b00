import { expect, openCore, openStream, test, waitForStatus } from './fixtures.js';

test('preparing asks for an offer and publishes nothing; the press goes live with it', async ({
  page,
  app,
  ingest,
}) => {
  const { options } = await openStream(ingest);
  const sent: string[] = [];
  let sockets = 0;
  page.on('websocket', (socket) => {
    if (!socket.url().startsWith('ws://127.0.0.1') || socket.url().includes('token=')) return;
    sockets += 1;
    socket.on('framesent', ({ payload }) => sent.push(JSON.parse(String(payload)).command));
  });
  await openCore(page, app, options);
  await page.evaluate(() => window.kit.get().preview());
  await expect.poll(() => page.evaluate(() => window.kit.summary().preparation)).toBe('ready');
  expect(sent).toEqual(['request_offer']);
  expect(ingest.inspect(options.streamKey)).toMatchObject({ publishing: false, sessions: 0 });
  expect(await page.evaluate(() => window.kit.summary().status)).toBe('idle');

  await page.evaluate(() => window.kit.get().start());
  await waitForStatus(page, 'live');
  expect(sockets, 'the prepared socket is the one that went live').toBe(1);
  expect(ingest.inspect(options.streamKey)).toMatchObject({ publishing: true, sessions: 1 });
});
