import type { Page } from '@playwright/test';
import { startEncoder } from '../ingest/testing/test-encoder.js';
import { expect, test } from './fixtures.js';

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();

/** Reads the address that the page hands to a person with an encoder. */
const ADDRESS_OF = {
  async RTMP(page: Page) {
    const settings = page.getByRole('region', { name: 'Settings for an encoder' });
    await settings.getByRole('button', { name: 'Reveal: Stream key' }).click();
    const field = (name: string) => settings.getByRole('textbox', { name, exact: true });
    const server = await field('Server').inputValue();
    return `${server}/${await field('Stream key').inputValue()}`;
  },
  async SRT(page: Page) {
    await page.getByRole('tab', { name: 'SRT' }).click();
    await press(page, 'Reveal: Server, with the stream key');
    return page.getByRole('textbox', { name: 'Server, with the stream key' }).inputValue();
  },
} as const;

for (const way of ['RTMP', 'SRT'] as const) {
  test(`the story of an encoder over ${way}: start, publish, watch both ways, end, stop`, async ({
    page,
    startDemo,
  }) => {
    const demo = await startDemo();
    await page.goto(demo.url);
    await press(page, 'Start the stream');
    await page.getByText('Publish from OBS or another encoder').click();
    const encoder = startEncoder(await ADDRESS_OF[way](page));
    const stage = page.locator('[aria-current=step]');
    await expect(stage).toHaveText('Live');
    await expect(page.getByText('Callback: live')).toBeVisible();
    await expect(page.getByText(/Viewers see you, \d+(\.\d)? s behind/)).toBeVisible();
    const watched = page.getByTestId('webrtc-viewer');
    await expect
      .poll(() => watched.evaluate((video: HTMLVideoElement) => video.videoWidth))
      .toBeGreaterThan(0);
    await encoder.stop();
    await expect(stage).toHaveText('Idle');
    await press(page, 'Stop the stream');
    await expect(stage).toHaveText('Stopped');
    await expect(page.getByText('Callback: stopped')).toBeVisible();
  });
}

test('an encoder that is live is left alone until the person takes over', async ({
  page,
  startDemo,
}) => {
  const demo = await startDemo();
  await page.goto(demo.url);
  await press(page, 'Start the stream');
  await page.getByText('Publish from OBS or another encoder').click();
  await press(page, 'Turn on camera');
  const encoder = startEncoder(await ADDRESS_OF.RTMP(page));
  const root = page.locator('[data-stage]');
  await expect(root).toHaveAttribute('data-stage', 'taken');
  await expect(page.locator('.wb-notice')).toContainText('Another source is live');
  await expect(page.getByRole('button', { name: 'Go live' })).toBeHidden();
  await press(page, 'Take over');
  await press(page, 'Leave it live');
  await expect(root).toHaveAttribute('data-stage', 'taken');
  await expect(page.locator('[aria-current=step]')).toHaveText('Live');

  await press(page, 'Take over');
  await press(page, 'Take over now');
  await expect(page.locator('[data-status=live]')).toBeVisible();
  await encoder.ended;
});
