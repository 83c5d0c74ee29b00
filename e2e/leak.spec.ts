import type { Page } from '@playwright/test';
import { goLive, openComponent, turnCameraOn } from './component.js';
import { expect, openCore, openStream, test } from './fixtures.js';
import { countHeld, NO_OBJECTS } from './heap.js';
import { countOpened } from './outstanding.js';

const NOTHING = {
  connections: 0,
  sockets: 0,
  closing: 0,
  tracks: 0,
  timers: 0,
  intervals: 0,
  audioContexts: 0,
  workers: 0,
};

/** How many event listeners the page holds, as the browser counts them after a collection. */
async function countListeners(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  await session.send('Performance.enable');
  const { metrics } = await session.send('Performance.getMetrics');
  await session.detach();
  const count = metrics.find(({ name }) => name === 'JSEventListeners')?.value;
  if (count === undefined) throw new Error('The browser does not count its listeners.');
  return count;
}

test('fifty broadcasts leave nothing open', async ({ page, app, ingest }) => {
  test.setTimeout(300_000);
  await page.addInitScript(countOpened);
  const { options } = await openStream(ingest);
  await openCore(page, app, { ...options, autoPrepare: false });
  const idle = await page.evaluate(() => window.countOutstanding());

  const idleListeners = await countListeners(page);

  await page.evaluate(() => window.kit.get().start());
  expect(await countListeners(page)).toBeGreaterThan(idleListeners);
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
  await expect.poll(() => countListeners(page)).toBeLessThanOrEqual(idleListeners);
  expect(idle).toMatchObject({ connections: 0, tracks: 0 });
  await expect
    .poll(() => ingest.inspect(options.streamKey))
    .toMatchObject({ publishing: false, sessions: 50 });
});

test('thirty mounts under StrictMode leave nothing in memory', async ({ page, app, ingest }) => {
  const { options } = await openStream(ingest);
  await openComponent(page, app, options);
  await goLive(page);
  // The snapshot sees what it must: otherwise the zeros below would prove nothing.
  for (const [name, count] of Object.entries((await countHeld(page)).objects)) {
    expect(count, name).toBeGreaterThan(0);
  }
  await page.evaluate(() => window.unmount());

  const uses = [async () => {}, () => turnCameraOn(page), () => goLive(page)];
  const mountAndUnmount = async (use = uses[0]) => {
    await page.evaluate(() => window.mount());
    await use?.();
    await page.evaluate(() => window.unmount());
  };
  const nothing = async () => (await countHeld(page)).objects;
  // Each use once more: React, the browser and the kit keep some things for the next time.
  for (const use of uses) await mountAndUnmount(use);
  await expect.poll(nothing).toEqual(NO_OBJECTS);
  const { closures } = await countHeld(page);
  for (let round = 0; round < 30; round += 1) await mountAndUnmount(uses[round % 10]);
  await expect.poll(nothing).toEqual(NO_OBJECTS);
  // One kept by each mount would make thirty.
  await expect.poll(async () => (await countHeld(page)).closures - closures).toBeLessThan(15);
});
