import { broadcasterOf, componentUrl, goLive, openComponent, turnCameraOn } from './component.js';
import { expect, openStream, test } from './fixtures.js';

test('one press goes live, one stops', { tag: '@firefox' }, async ({
  page,
  app,
  ingest,
  faults,
}) => {
  const { options: props } = await openStream(ingest);
  await openComponent(page, app, props);
  await goLive(page);
  expect(ingest.inspect(props.streamKey)).toMatchObject({ publishing: true, sessions: 1 });
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await expect(broadcasterOf(page)).toHaveAttribute('data-status', 'idle');
  await expect.poll(() => ingest.inspect(props.streamKey)?.publishing).toBe(false);
  expect(faults.console).toEqual([]);
});

test('the preview never blinks while a broadcast is brought back', async ({
  page,
  app,
  ingest,
}) => {
  const { options: props } = await openStream(ingest);
  await openComponent(page, app, props);
  await goLive(page);
  const preview = page.locator('video').first();
  const watched = await preview.evaluateHandle((video: HTMLVideoElement) => {
    const events: string[] = [];
    for (const name of ['emptied', 'loadstart', 'pause', 'ended', 'error']) {
      video.addEventListener(name, () => events.push(name));
    }
    return { video, stream: video.srcObject, events };
  });
  const broadcaster = broadcasterOf(page);
  ingest.setFault({ kind: 'cut-socket' }, props.streamKey);
  // Else it may be live again before anybody looks.
  ingest.setFault({ kind: 'not-found' }, props.streamKey);
  await expect(broadcaster).toHaveAttribute('data-status', 'reconnecting');
  ingest.setFault(null, props.streamKey);
  await expect(broadcaster).toHaveAttribute('data-status', 'live');
  const after = await watched.evaluate(({ video, stream, events }) => ({
    isThere: video.isConnected && document.querySelector('video') === video,
    isSame: video.srcObject === stream,
    isPlaying: !video.paused && video.videoWidth > 0,
    events,
  }));
  expect(after).toEqual({ isThere: true, isSame: true, isPlaying: true, events: [] });
});

test('the keyboard alone goes live and stops', { tag: '@firefox' }, async ({
  page,
  app,
  ingest,
}) => {
  const { options: props } = await openStream(ingest);
  await openComponent(page, app, props);
  const press = async (name: string) => {
    const button = page.getByRole('button', { name, exact: true });
    await expect(button).toBeEnabled();
    // Tab until it has the focus: a button out of the tab order fails here.
    for (let steps = 0; steps < 30; steps += 1) {
      if (await button.evaluate((element) => element === document.activeElement)) break;
      await page.keyboard.press('Tab');
    }
    await expect(button).toBeFocused();
    await page.keyboard.press('Enter');
  };
  await press('Turn on camera');
  await press('Go live');
  await expect(broadcasterOf(page)).toHaveAttribute('data-status', 'live', { timeout: 60_000 });
  await press('Stop');
  await expect(broadcasterOf(page)).toHaveAttribute('data-status', 'idle');
});

test('two components on one page do not disturb each other', async ({ page, app, ingest }) => {
  const { options: first } = await openStream(ingest);
  const { options: second } = await openStream(ingest);
  await page.goto(componentUrl(app, 'two', [first, second]));
  const [one, two] = [
    page.getByRole('region', { name: 'Broadcast 1' }),
    page.getByRole('region', { name: 'Broadcast 2' }),
  ];
  await goLive(one);
  await goLive(two);
  const ids = await page.locator('[id]').evaluateAll((elements) => elements.map(({ id }) => id));
  expect(new Set(ids).size, 'no id appears twice').toBe(ids.length);
  await one.getByRole('button', { name: 'Stop', exact: true }).click();
  await expect(broadcasterOf(one)).toHaveAttribute('data-status', 'idle');
  await expect(broadcasterOf(two)).toHaveAttribute('data-status', 'live');
  expect(ingest.inspect(second.streamKey)).toMatchObject({ publishing: true, sessions: 1 });
});

test('the countdown ends when 120 seconds pass without going live', async ({
  page,
  app,
  ingest,
}) => {
  const { options: props } = await openStream(ingest);
  await page.clock.install();
  const startedAt = await page.evaluate(() => Date.now());
  await openComponent(page, app, { ...props, startedAt });
  await turnCameraOn(page);
  await expect(page.getByText(/Go live within/)).toBeVisible();
  // However long that took, the clock stands from now on but for what it is put forward.
  await page.clock.pauseAt(startedAt + 91_000);
  await expect(page.getByText(/Start soon/i).first()).toBeVisible();
  await page.clock.fastForward(31_000);
  await expect(page.getByText(/Stream ended/i).first()).toBeVisible();
  await expect(page.getByText(/Go live within/)).toHaveCount(0);
});

test('permission denied is explained where it happened', async ({
  page,
  context,
  app,
  ingest,
  faults,
}) => {
  await context.clearPermissions();
  await context.grantPermissions(['geolocation']);
  const { options: props } = await openStream(ingest);
  await openComponent(page, app, props);
  await page.getByRole('button', { name: 'Turn on camera' }).click();
  await expect(page.getByRole('button', { name: 'Try again', exact: true })).toBeVisible();
  await expect(broadcasterOf(page)).toContainText(/allow/i);
  expect(faults.console).toEqual([]);
});

for (const width of [320, 360, 1280]) {
  test(`nothing scrolls sideways at ${width} px`, async ({ page, app, ingest }) => {
    await page.setViewportSize({ width, height: 800 });
    const { options: props } = await openStream(ingest);
    await openComponent(page, app, { ...props, startedAt: Date.now() });
    const overflow = () =>
      page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(await overflow()).toBeLessThanOrEqual(0);
    await goLive(page);
    expect(await overflow()).toBeLessThanOrEqual(0);
  });
}
