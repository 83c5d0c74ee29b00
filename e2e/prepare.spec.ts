import { expect, openCore, openStream, test, waitForStatus } from './fixtures.js';

test('preparing asks for an offer and publishes nothing; the press goes live with it', async ({
  page,
  app,
  ingest,
}) => {
  const { options } = await openStream(ingest);
  /** The commands of each socket, in the order in which they were opened. */
  const sent: string[][] = [];
  page.on('websocket', (socket) => {
    if (!socket.url().startsWith('ws://127.0.0.1') || socket.url().includes('token=')) return;
    const commands: string[] = [];
    sent.push(commands);
    socket.on('framesent', ({ payload }) => commands.push(JSON.parse(String(payload)).command));
  });
  await openCore(page, app, options);
  await page.evaluate(() => window.kit.get().preview());
  await expect.poll(() => page.evaluate(() => window.kit.summary().preparation)).toBe('ready');
  // The second one waits for the press, to ask whether the name is still free.
  await expect.poll(() => sent).toEqual([['request_offer'], []]);
  expect(ingest.inspect(options.streamKey)).toMatchObject({ publishing: false, sessions: 0 });
  expect(await page.evaluate(() => window.kit.summary().status)).toBe('idle');

  await page.evaluate(() => window.kit.get().start());
  await waitForStatus(page, 'live');
  expect(sent, 'the prepared socket is the one that went live').toEqual([
    expect.arrayContaining(['request_offer', 'answer']),
    ['request_offer'],
  ]);
  expect(ingest.inspect(options.streamKey)).toMatchObject({ publishing: true, sessions: 1 });
});
