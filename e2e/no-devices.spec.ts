import { findChromium } from '../scripts/browser.js';
import { chromiumArgs } from './browser-flags.js';
import { expect, openCore, openStream, test } from './fixtures.js';

test.use({
  launchOptions: { executablePath: findChromium(), args: [...chromiumArgs({ devices: 'none' })] },
});

test('a machine without camera and microphone is told so', async ({ page, app, ingest }) => {
  const { options } = await openStream(ingest);
  await openCore(page, app, options);
  const code = await page.evaluate(() =>
    window.kit
      .get()
      .start()
      .catch((thrown) => thrown.code),
  );
  expect(code).toBe('device-not-found');
});
