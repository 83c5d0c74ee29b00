import type { Locator, Page } from '@playwright/test';
import { expectAccessible } from './accessible.js';
import { expect, openCore, openStream, test, waitForStatus } from './fixtures.js';
import { rememberTexts } from './remember-texts.js';

const card = (page: Page, name: string) => page.locator('.stream').filter({ hasText: name });

/** Enter, once the button rests no more from what it was before. */
const pressEnter = async (button: Locator) => {
  await expect(button).toBeEnabled();
  await button.press('Enter');
};

test('the page of the ingest starts a stream, follows its broadcast, and stops it', async ({
  page,
  context,
  app,
  ingest,
  faults,
}) => {
  await page.goto(ingest.url);
  await expect(page.getByText('No streams yet.')).toBeVisible();
  await page.getByLabel('Name').fill('Morning show');
  await page.getByRole('button', { name: 'New stream' }).dblclick();
  const show = card(page, 'Morning show');
  await expect(show.locator('.pill')).toHaveText('Waiting');
  await expect(show.locator('.rule')).toHaveText(
    /^Stops in [12]:\d\d unless a broadcast begins\.$/,
  );

  expect(ingest.listStreams()).toHaveLength(1);
  const [stream] = ingest.listStreams();
  if (stream === undefined) throw new Error('There is no stream.');
  const serverUrl = stream.server_urls.webrtc ?? '';
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: ingest.url });
  const copyShow = show.getByRole('button', { name: 'Copy address Morning show' });
  const said = await rememberTexts(copyShow);
  await copyShow.click();
  await expect.poll(said).toContain('Copied Morning show');
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(serverUrl);

  const broadcast = await context.newPage();
  await openCore(broadcast, app, { serverUrl });
  await broadcast.evaluate(() => window.kit.get().start());
  await waitForStatus(broadcast, 'live');
  await expect(show.locator('.pill')).toHaveText('Live');
  await expect(show.locator('.facts')).toContainText(/[\d.]+ [kM]b\/s/);
  await expect(show.locator('.facts')).toContainText(/(H264|VP8) \d+×\d+, Opus/);
  await expect(page.locator('#events')).toContainText('Publisher connected over UDP');
  await show.getByText('Events').click();
  await expect(show.locator('.lines li').first()).toContainText(/Output ready|Live/);

  await broadcast.close();
  await expect(show.locator('.pill')).toHaveText('Idle');
  await expect(show.locator('.rule')).toContainText('unless the broadcast resumes');
  await show.getByRole('button', { name: 'Stop Morning show' }).click();
  await expect(show.locator('.pill')).toHaveText('Stopped');
  expect(ingest.getStream(stream.id)?.status).toBe('stopped');
  await pressEnter(show.getByRole('button', { name: 'Start Morning show' }));
  await expect(show.locator('.pill')).toHaveText('Waiting');
  const toggle = show.getByRole('button', { name: 'Stop Morning show' });
  await expect(toggle).toBeEnabled();
  await toggle.focus();
  // Pressed twice, and again as soon as it is another button.
  await toggle.evaluate((button: HTMLElement) => {
    new MutationObserver((_, observer) => {
      observer.disconnect();
      button.click();
    }).observe(button, { attributeFilter: ['data-action'] });
    button.click();
    button.click();
  });
  await expect(show.locator('.pill')).toHaveText('Stopped');
  await expect(show.getByRole('button', { name: 'Start Morning show' })).toBeFocused();
  expect(ingest.getStream(stream.id)?.status).toBe('stopped');
  await pressEnter(show.getByRole('button', { name: 'Delete Morning show' }));
  await expect(page.getByText('No streams yet.')).toBeVisible();
  await expect(page.locator('body')).not.toContainText(stream.stream_key);
  expect(faults.console).toEqual([]);
});

test('a refused clipboard shows no key, and the focus stays on the card', async ({
  page,
  ingest,
}) => {
  await page.goto(ingest.url);
  await page.evaluate(() =>
    Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true }),
  );
  await page.getByLabel('Name').fill('Copied');
  await page.getByRole('button', { name: 'New stream' }).click();
  const copy = card(page, 'Copied').getByRole('button', { name: 'Copy address Copied' });
  const said = await rememberTexts(copy);
  await copy.click();
  await expect.poll(said).toContain('Copied Copied');
  await page.evaluate(() => {
    document.execCommand = () => false;
  });
  await expect(copy).toBeEnabled();
  await copy.press('Enter');
  await expect(page.getByRole('alert')).toContainText('didn’t let this page copy');
  // It stays to be read, although the page asks for the streams again each second.
  for (let times = 0; times < 2; times += 1) await page.waitForResponse(/\/ingest\/streams$/);
  await expect(page.getByRole('alert')).toContainText('didn’t let this page copy');
  const [stream] = ingest.listStreams();
  if (stream === undefined) throw new Error('There is no stream.');
  await expect(page.locator('body')).not.toContainText(stream.stream_key);
  // Stopped by somebody else, the card has no address to copy any more.
  await copy.focus();
  ingest.stopStream(stream.id);
  await expect(copy).toBeHidden();
  await expect(page.getByRole('button', { name: 'Start Copied' })).toBeFocused();
});

test('the list follows what others do, and says when the ingest is away', async ({
  page,
  ingest,
}) => {
  const { id } = ingest.createStream({ name: '<b>First</b>' });
  await page.goto(`${ingest.url}/ingest/`);
  await expect(card(page, '<b>First</b>').locator('.pill')).toHaveText('Created');
  ingest.startStream(id);
  await expect(card(page, '<b>First</b>').locator('.pill')).toHaveText('Waiting');
  ingest.openStream({ name: 'Second' });
  await expect(page.locator('.stream h3')).toHaveText(['Second', '<b>First</b>']);
  const alerts = await rememberTexts(page.locator('[role=alert]'));
  await ingest.restart({ downForMs: 3000 });
  await expect.poll(alerts).toContainEqual(expect.stringContaining('does not answer'));
  await expect(page.getByRole('alert')).toBeHidden();
  await expect(page.locator('#events')).toContainText('The ingest is back');
  await expect(page.locator('#events li')).toHaveCount(6);
});

test('a clock of the page that is minutes off changes no deadline', async ({ context, ingest }) => {
  ingest.openStream({ name: 'Waiting' });
  for (const skewMs of [-300_000, 0, 300_000]) {
    const page = await context.newPage();
    await page.addInitScript((ms) => {
      const now = Date.now;
      Date.now = () => now() + ms;
    }, skewMs);
    await page.goto(ingest.url);
    await expect(card(page, 'Waiting').locator('.rule')).toHaveText(/^Stops in (1:\d\d|2:00) /);
    await page.close();
  }
});

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [360, 1280]) {
    test(`axe finds nothing on the page of the ingest, ${colorScheme} at ${width} px`, async ({
      page,
      app,
      context,
      ingest,
    }, { outputDir }) => {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      ingest.createStream({ name: 'Created only' });
      const { id } = ingest.openStream({ name: 'Over, with a name that is so long that it wraps' });
      ingest.stopStream(id);
      ingest.openStream({ name: 'Waiting' });
      const { options } = await openStream(ingest);
      const broadcast = await context.newPage();
      await openCore(broadcast, app, options);
      await broadcast.evaluate(() => window.kit.get().start());
      await waitForStatus(broadcast, 'live');
      await page.bringToFront();
      await page.goto(ingest.url);
      const live = card(page, 'Untitled');
      await expect(live.locator('.facts')).toContainText('Opus');
      await live.getByText('Events').click();
      await expect(live.locator('.lines li').first()).toBeVisible();
      await expectAccessible(page);
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - window.innerWidth,
      );
      expect(overflow, 'nothing is wider than the page').toBeLessThanOrEqual(0);
      await page.screenshot({ path: `${outputDir}/page.png`, fullPage: true });
    });
  }
}
