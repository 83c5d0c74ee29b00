import type { Page } from '@playwright/test';
import { findChromium } from '../scripts/browser.js';
import { chromiumArgs } from './browser-flags.js';
import { expect, openCore, openStream, test } from './fixtures.js';

// A camera of four times 1080p at 60 frames a second, which no software encoder keeps up with.
test.use({
  launchOptions: {
    executablePath: findChromium(),
    args: [...chromiumArgs({ devices: 'none' }), '--use-fake-device-for-media-stream=fps=60'],
  },
});

const scaleOf = (page: Page) =>
  page.evaluate(() => {
    const senders = window.kit.connection().getSenders();
    const video = senders.find(({ track }) => track?.kind === 'video');
    return video?.getParameters().encodings[0]?.scaleResolutionDownBy;
  });

const HUGE = { camera: { width: 3840, height: 2160, frameRate: 60 }, videoCodec: 'vp8' } as const;

test('a picture that the machine cannot encode is called so, where it may not be made smaller', async ({
  page,
  app,
  ingest,
}) => {
  const { options } = await openStream(ingest);
  await openCore(page, app, { ...options, ...HUGE, adaptToMachine: false });
  await page.evaluate(() => window.kit.get().start());
  await expect
    .poll(() => page.evaluate(() => window.kit.health().reasons), { timeout: 60_000 })
    .toContain('cpu');
  expect(await scaleOf(page)).toBe(1);
});

test('a picture that the machine cannot encode is made smaller, and larger again once it can', async ({
  page,
  app,
  ingest,
}) => {
  const { options } = await openStream(ingest);
  await openCore(page, app, { ...options, ...HUGE });
  await page.evaluate(() => window.kit.get().start());
  const steps = () => page.evaluate(() => window.kit.get().getSnapshot().quality.stepsDown);
  await expect.poll(steps, { timeout: 60_000 }).toBeGreaterThan(0);
  await expect.poll(() => scaleOf(page)).toBeGreaterThan(1);
  const width = () => page.evaluate(() => window.kit.sample()?.frameWidth ?? 0);
  await expect.poll(width).toBeLessThan(3_000);

  // As when the other programs are closed: what is left to do fits well.
  await page.evaluate(async () => {
    const { camera } = window.kit.get().getSnapshot();
    if (camera.status !== 'on') throw new Error(`The camera is ${camera.status}.`);
    await camera.capture.track.applyConstraints({ width: 640, height: 360, frameRate: 10 });
  });
  const lowest = await steps();
  await expect.poll(steps, { timeout: 90_000 }).toBeLessThan(lowest);
});
