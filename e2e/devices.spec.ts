import { createServer } from 'node:http';
import type { Locator, Page } from '@playwright/test';
import type { App } from './app.js';
import { broadcasterOf, componentUrl, openComponent, turnCameraOn } from './component.js';
import { expect, openCore, openStream, test } from './fixtures.js';

/** Opens the component as a part of a page of another origin, which allows it these features. */
async function openEmbedded(
  page: Page,
  app: App,
  { props, allow }: { readonly props: unknown; readonly allow: string },
): Promise<Locator> {
  await page.goto(`${outerOrigin()}/?allow=${encodeURIComponent(allow)}`);
  const src = componentUrl(app, 'component', [props]);
  await page.locator('iframe').evaluate((frame: HTMLIFrameElement, url) => {
    frame.src = url;
  }, src);
  return page.frameLocator('iframe').locator('body');
}

/** The page around: no page of the internet, which Chromium would keep from one of this machine. */
const outer = createServer((request, response) => {
  const allow = new URL(request.url ?? '/', 'http://localhost').searchParams.get('allow') ?? '';
  response.writeHead(200, { 'content-type': 'text/html' });
  response.end(
    `<!doctype html><title>Outer</title><link rel="icon" href="data:,"><iframe width="800" height="700" allow="${allow}"></iframe>`,
  );
});
test.beforeAll(() => new Promise<void>((resolve) => outer.listen(0, '127.0.0.1', resolve)));
test.afterAll(() => outer.closeAllConnections());
test.afterAll(() => new Promise<void>((resolve) => outer.close(() => resolve())));

/** Presses a button by script: Playwright's mouse misses frames of another origin in Firefox. */
async function press(frame: Locator, name: string): Promise<void> {
  const button = frame.getByRole('button', { name, exact: true });
  await expect(button).toBeEnabled();
  await button.evaluate((element: HTMLElement) => element.click());
}

async function goLiveIn(frame: Locator): Promise<void> {
  await press(frame, 'Turn on camera');
  await press(frame, 'Go live');
  await expect(broadcasterOf(frame)).toHaveAttribute('data-status', 'live');
}

function outerOrigin(): string {
  const address = outer.address();
  return `http://localhost:${typeof address === 'object' ? address?.port : address}`;
}

test('a page around that allows nothing is named, and nothing is tried', {
  tag: '@firefox',
}, async ({ page, app, ingest, faults }) => {
  const { options: props } = await openStream(ingest);
  const frame = await openEmbedded(page, app, { props, allow: '' });
  await press(frame, 'Turn on camera');
  const component = broadcasterOf(frame);
  await expect(component).toContainText('embedded in another page');
  await expect(component).toContainText('permission-denied-by-policy');
  // A tab of its own is what may help.
  await expect(frame.getByRole('button', { name: 'Open in a new tab' })).toBeEnabled();
  // Chromium complains there of each thing that a page tries in vain.
  expect(faults.console).toEqual([]);
});

test('a page around that allows camera and microphone goes live in its frame, and tries no more than that', {
  tag: '@firefox',
}, async ({ page, app, ingest, faults }) => {
  const { options: props } = await openStream(ingest);
  const frame = await openEmbedded(page, app, { props, allow: 'camera; microphone' });
  await goLiveIn(frame);
  expect(ingest.inspect(props.streamKey)).toMatchObject({ publishing: true });
  expect(faults.console).toEqual([]);
});

test('a page around that allows the microphone alone goes live with it', {
  tag: '@firefox',
}, async ({ page, app, ingest, browserName, faults }) => {
  const { options: props } = await openStream(ingest);
  const frame = await openEmbedded(page, app, { props, allow: 'microphone' });
  await goLiveIn(frame);
  await expect(broadcasterOf(frame)).toContainText('embedded in another page');
  // The ingest gets a moment later the media that the page has sent by now.
  const tracks = () => ingest.inspect(props.streamKey)?.tracks.map(({ kind }) => kind);
  await expect.poll(tracks).toEqual(['audio']);
  if (browserName === 'chromium') expect(faults.console).toEqual([]);
});

test('devices of last week are replaced, and others can be chosen while live', {
  tag: '@firefox',
}, async ({ page, app, ingest }) => {
  const { options } = await openStream(ingest);
  const gone = { deviceId: 'an-id-of-last-week' };
  await openComponent(page, app, { ...options, camera: gone, microphone: gone });
  await turnCameraOn(page);
  const component = broadcasterOf(page);
  await expect(component).toContainText('We’re using another camera');
  const camera = page.getByRole('combobox', { name: 'Choose camera' });
  await expect(camera).toBeEnabled();
  await expect(page.getByRole('combobox', { name: 'Choose microphone' })).toBeEnabled();
  await page.getByRole('button', { name: 'Keep it' }).click();
  await expect(component).toContainText('We’re using another microphone');
  await page.getByRole('button', { name: 'Go live', exact: true }).click();
  await expect(component).toHaveAttribute('data-status', 'live');
});

test('another microphone is sent in the same session, and one that fails leaves it on', async ({
  page,
  app,
  ingest,
}) => {
  const { options } = await openStream(ingest);
  await openCore(page, app, options);
  await page.evaluate(() => window.kit.get().start());
  const opened = () =>
    page.evaluate(() => {
      const { microphone } = window.kit.get().getSnapshot();
      if (microphone.status !== 'on' || microphone.change !== null) return null;
      const { capture, problem } = microphone;
      return {
        deviceId: capture.deviceId,
        isLive: capture.track.readyState,
        problem: problem?.code,
      };
    });
  const ids = () =>
    page.evaluate(() => {
      const { devices } = window.kit.get().getSnapshot();
      return devices.status === 'listed' ? devices.microphones.map(({ deviceId }) => deviceId) : [];
    });
  // The list is read again once the devices are open, for only then they have names.
  await expect.poll(async () => (await ids()).length, 'Chromium makes up two').toBeGreaterThan(1);
  const microphones = await ids();
  for (const id of microphones) {
    await page.evaluate((chosen) => window.kit.get().select('microphone', chosen), id);
    await expect.poll(opened).toEqual({ deviceId: id, isLive: 'live', problem: undefined });
  }
  await page.evaluate(() => window.kit.get().select('microphone', 'gone'));
  const problem = 'constraints-not-met';
  await expect.poll(opened).toEqual({ deviceId: microphones.at(-1), isLive: 'live', problem });
  const heard = () => ingest.inspect(options.streamKey)?.audioPackets ?? 0;
  const before = heard();
  await expect.poll(heard).toBeGreaterThan(before + 50);
  expect(ingest.inspect(options.streamKey)).toMatchObject({ publishing: true, sessions: 1 });
});
