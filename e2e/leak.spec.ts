import { expect, openCore, openStream, test } from './fixtures.js';
import { countOpened } from './outstanding.js';

const NOTHING = {
  connections: 0,
  sockets: 0,
  tracks: 0,
  timers: 0,
  intervals: 0,
  audioContexts: 0,
};

test('fifty broadcasts leave nothing open', async ({ page, app, ingest }) => {
  test.setTimeout(300_000);
  await page.addInitScript(countOpened);
  const { options } = await openStream(ingest);
  await openCore(page, app, { ...options, autoPrepare: false });
  const idle = await page.evaluate(() => window.countOutstanding());

  await page.evaluate(() => window.kit.get().start());
  const live = await page.evaluate(() => window.countOutstanding());
  // The counters see what they must: otherwise the zeros below would prove nothing.
  expect(live.connections).toBe(idle.connections + 1);
  expect(live.tracks).toBeGreaterThanOrEqual(2);
  expect(live.sockets).toBe(idle.sockets + 1);
  expect(live.timers + live.intervals).toBeGreaterThan(idle.timers + idle.intervals);
  await page.evaluate(() => window.kit.get().stop());

  for (let round = 2; round <= 50; round += 1) {
    await page.evaluate(() => window.kit.get().start());
    await page.evaluate(() => window.kit.get().stop());
  }
  await page.evaluate(() => window.kit.get().release());
  await expect
    .poll(() => page.evaluate(() => window.countOutstanding()))
    .toEqual({ ...NOTHING, ...idle });
  expect(idle).toMatchObject({ connections: 0, tracks: 0 });
  expect(ingest.inspect(options.streamKey)).toMatchObject({ publishing: false, sessions: 50 });
});
