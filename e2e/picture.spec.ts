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
    mediaDevices.getDisplayMedia = async () => {
      const canvas = document.createElement('canvas');
      canvas.width = 640;
      canvas.height = 360;
      const context = canvas.getContext('2d');
      const draw = () => {
        if (context === null) return;
        context.fillStyle = '#102080';
        context.fillRect(0, 0, canvas.width, canvas.height);
      };
      draw();
      setInterval(draw, 100);
      return canvas.captureStream(10);
    };
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

test('a camera that is off leaves a slate, and every scene is drawn, in one session', async ({
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

  // A scene of the camera alone, with a bar of text that covers no number.
  const setScene = (scene: unknown) =>
    page.evaluate(
      (given) =>
        window.kit
          .get()
          .setScene(given as never)
          .then(
            () => 'set',
            ({ code }) => code,
          ),
      scene,
    );
  const text = { title: 'Ada Lovelace', subtitle: 'Analyst' };
  expect(await setScene({ layout: 'camera', text, background: '#102080' })).toBe('set');
  const sceneFrom = await framesSeen(page);
  await expect.poll(async () => (await numbersFrom(page, sceneFrom)).length).toBeGreaterThan(40);
  expect(await setScene({ layout: 'mosaic' })).toBe('invalid-options');
  const drawn = () => page.evaluate(() => window.kit.get().getSnapshot().picture.drawing.status);
  expect(await drawn()).toBe('on');
  // The camera over a screen: what is shared is a canvas of the page's own, all of one colour.
  await page.evaluate(() => window.kit.get().shareScreen());
  expect(
    await setScene({ layout: 'camera-over-screen', corner: 'top-left', cameraSize: 0.5 }),
  ).toBe('set');
  await expect.poll(() => seenAt(page, 0.9, 0.9)).toBe('blue');
  await expect.poll(() => seenAt(page, 0.25, 0.3)).not.toBe('blue');
  expect(await setScene({ layout: 'screen' })).toBe('set');
  await expect.poll(() => seenAt(page, 0.25, 0.3)).toBe('blue');
  await page.evaluate(() => window.kit.get().stopSharing());
  const cameraFrom = await framesSeen(page);
  await expect.poll(async () => (await numbersFrom(page, cameraFrom)).length).toBeGreaterThan(20);
  expect(await setScene(null)).toBe('set');
  await expect.poll(drawn).toBe('unused');
  const straightFrom = await framesSeen(page);
  await expect.poll(async () => (await numbersFrom(page, straightFrom)).length).toBeGreaterThan(20);

  await page.evaluate(() => window.kit.get().release());
  expect(await lightsOn(page)).toBe(0);
  expect(ingest.inspect(options.streamKey)).toMatchObject({ sessions: 1 });
});
