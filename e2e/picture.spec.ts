import type { Page } from '@playwright/test';
import { AT_FULL_SIZE, expect, startCore, test } from './fixtures.js';

declare global {
  interface Window {
    /** Every track that the page got from a device. */
    captured: MediaStreamTrack[];
  }
}

/** Keeps every track that the page gets from a camera or microphone from now on. */
async function watchDevices(page: Page): Promise<void> {
  await page.addInitScript(() => {
    window.captured = [];
    const { mediaDevices } = navigator;
    const open = mediaDevices.getUserMedia.bind(mediaDevices);
    mediaDevices.getUserMedia = async (constraints) => {
      const stream = await open(constraints);
      window.captured.push(...stream.getTracks());
      return stream;
    };
  });
}

/** The cameras whose light is on. */
const lightsOn = (page: Page) =>
  page.evaluate(
    () =>
      window.captured.filter(({ kind, readyState }) => kind === 'video' && readyState === 'live')
        .length,
  );

/** The colour that the viewer sees at a place, as shares of its width and height. */
const seenAt = (page: Page, across: number, down: number) =>
  page.evaluate(
    ([x, y]) => {
      const video = document.querySelector('video');
      const context = new OffscreenCanvas(1, 1).getContext('2d');
      if (video === null || context === null || video.videoWidth === 0) return null;
      const { videoWidth: width, videoHeight: height } = video;
      context.drawImage(video, x * width, y * height, 1, 1, 0, 0, 1, 1);
      const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
      return blue > 90 && red < 70 && green < 80 ? 'blue' : [red, green, blue].join();
    },
    [across, down] as const,
  );

/** The numbers of the frames that the viewer saw, from this frame on; those without a number are left out. */
const numbersFrom = (page: Page, from: number) =>
  page.evaluate(
    (start) => window.kit.viewer?.frames.slice(start).flatMap(({ number }) => number ?? []) ?? [],
    from,
  );
const framesSeen = (page: Page) => page.evaluate(() => window.kit.viewer?.frames.length ?? 0);

test('a camera that is off leaves a slate, and comes back in the same session', async ({
  page,
  app,
  ingest,
}) => {
  await watchDevices(page);
  const wishes = { ...AT_FULL_SIZE, slate: { color: '#102080', text: 'Back soon' } };
  const { options, watchUrl } = await startCore(page, app, ingest, wishes);
  await page.evaluate((url) => window.kit.watch(url), watchUrl);
  await expect.poll(async () => (await numbersFrom(page, 0)).length).toBeGreaterThan(10);
  await page.evaluate(() => window.kit.get().mute('camera'));
  await expect.poll(() => page.evaluate(() => window.kit.summary().camera)).toBe('paused');
  expect(await lightsOn(page)).toBe(0);
  await expect.poll(() => seenAt(page, 0.1, 0.5)).toBe('blue');
  const slateFrom = await framesSeen(page);
  await expect.poll(() => framesSeen(page)).toBeGreaterThan(slateFrom + 10);
  expect(await numbersFrom(page, slateFrom)).toEqual([]);
  await page.evaluate(() => window.kit.get().unmute('camera'));
  await expect.poll(async () => (await numbersFrom(page, slateFrom)).length).toBeGreaterThan(20);
  expect(await lightsOn(page)).toBe(1);
  expect(ingest.inspect(options.streamKey)).toMatchObject({ publishing: true, sessions: 1 });
});
