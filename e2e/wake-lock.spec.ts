import { findChromium } from '../scripts/browser.js';
import { chromiumArgs } from './browser-flags.js';
import { expect, openCore, openStream, test } from './fixtures.js';
import { launchHideable } from './hideable-browser.js';

declare global {
  interface Window {
    /** Every screen wake lock that the page was given. */
    locks: WakeLockSentinel[];
  }
}

const PERMISSIONS = ['camera', 'microphone', 'screen-wake-lock'];

test('the screen stays on while live, again after the tab was hidden, and no longer than that', async ({
  app,
  ingest,
}) => {
  const browser = await launchHideable(findChromium(), chromiumArgs());
  try {
    await browser.context.grantPermissions(PERMISSIONS, { origin: app.origin });
    const page = await browser.context.newPage();
    await page.addInitScript(() => {
      window.locks = [];
      const { request } = WakeLock.prototype;
      Object.assign(WakeLock.prototype, {
        async request(this: WakeLock) {
          const lock = await request.call(this, 'screen');
          window.locks.push(lock);
          return lock;
        },
      });
    });
    const held = () => page.evaluate(() => window.locks.filter(({ released }) => !released).length);
    const { options } = await openStream(ingest);
    await openCore(page, app, options);
    expect(await held()).toBe(0);
    await page.evaluate(() => window.kit.get().start());
    await expect.poll(held).toBe(1);

    const front = await browser.context.newPage();
    await front.bringToFront();
    await expect.poll(held, 'the browser takes it from a page that is hidden').toBe(0);
    await front.close();
    await page.bringToFront();
    await expect.poll(held).toBe(1);

    await page.evaluate(() => window.kit.get().stop());
    await expect.poll(held).toBe(0);
  } finally {
    await browser.close();
  }
});
