import type { Page } from '@playwright/test';
import { expect, openStream, test } from './fixtures.js';

const stage = (page: Page) => page.locator('[aria-current=step]');
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();

async function goLive(page: Page): Promise<void> {
  await press(page, 'Turn on camera');
  await press(page, 'Go live');
  await expect(page.locator('[data-status=live]')).toBeVisible();
}

test('the whole story: start, go live, watch both ways, lose the network, come back, stop', async ({
  page,
  startDemo,
}) => {
  const demo = await startDemo();
  await page.goto(demo.url);
  await expect(stage(page)).toHaveText('Created');
  await press(page, 'Start the stream');
  await expect(stage(page)).toHaveText('Waiting');
  await expect(page.getByText('Callback: waiting')).toBeVisible();

  await goLive(page);
  await expect(stage(page)).toHaveText('Live');
  await expect(page.getByText('Callback: live')).toBeVisible();
  await expect(page.getByTestId('webrtc-latency')).toContainText(/\d s behind you/);
  await expect(page.getByText(/Viewers see you, \d+(\.\d)? s behind/)).toBeVisible();

  await page.getByText('Break something').click();
  await page.getByLabel('2½ min').check();
  await press(page, 'Slow the uplink to 300 kbit/s');
  await expect(page.getByText('Fault: slow-uplink')).toBeVisible();
  await press(page, 'Lose a packet in five');
  await expect(page.getByText('Fault: packet-loss')).toBeVisible();
  await press(page, 'Mend it now');
  await expect(page.getByText('Fault taken away')).toBeVisible();
  await page.getByLabel('10 s').check();
  await press(page, 'Restart the server');
  await expect(page.locator('[data-status=reconnecting]')).toBeVisible();
  await expect(page.locator('[data-status=live]')).toBeVisible();
  await expect(page.getByText('The ingest is back')).toBeVisible();
  expect(demo.printed()).not.toMatch(/error|^ +at /im);
  await expect(page.getByText(/Viewers see you, \d+(\.\d)? s behind/)).toBeVisible();

  await press(page, 'Stop the stream');
  await expect(stage(page)).toHaveText('Stopped');
  await expect(page.getByText('Callback: stopped')).toBeVisible();
  await expect(page.locator('[data-status=live]')).toBeHidden();
  // One thing to do has one button, under one name.
  await expect(page.getByRole('button', { name: /^start/i })).toHaveText(['Start the stream']);
  await press(page, 'Start the stream');
  await expect(stage(page)).toHaveText('Waiting');
  await press(page, 'Stop the stream');
  await press(page, 'New stream');
  await expect(stage(page)).toHaveText('Created');
  await press(page, 'Start the stream');
  await expect(stage(page)).toHaveText('Waiting');
  const foreign = { headers: { origin: 'https://elsewhere.example' } };
  expect((await page.request.post(`${demo.url}api/streams`, foreign)).status()).toBe(403);
  expect(await demo.stop()).toBe(0);
});

test('a double-click does one thing, and the focus is never lost', async ({ page, startDemo }) => {
  const demo = await startDemo();
  await page.goto(demo.url);
  const focused = () => page.evaluate(() => document.activeElement?.textContent);
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  await button('New stream').dblclick();
  await expect(button('New stream')).toBeEnabled();
  expect(await focused()).toBe('New stream');
  await expect(page.getByLabel('Which stream').locator('option')).toHaveCount(2);
  await button('Start the stream').dblclick();
  await expect(stage(page)).toHaveText('Waiting');
  await expect(button('Stop the stream')).toBeVisible();
  await expect.poll(focused).toBe('Turn on camera');
  await button('Turn on camera').dblclick();
  await button('Go live').dblclick();
  await expect(page.locator('[data-status=live]')).toBeVisible();
  expect(await focused()).toBe('Stop');
  await button('Stop').dblclick();
  await expect(page.locator('[data-status=idle]')).toBeVisible();
  expect(await focused()).toBe('Go live');
  await button('Stop the stream').dblclick();
  await expect(stage(page)).toHaveText('Stopped');
  await expect.poll(focused).toBe('Start the stream');
  await button('Publish to another address').press('Enter');
  await expect(page.getByLabel('Server URL')).toBeVisible();
  expect(await focused()).toBe('Go live');
  await button('Use a stream of the demo').press('Enter');
  await expect(page.getByLabel('Which stream')).toBeVisible();
  await expect.poll(focused).toBe('Start the stream');
});

test('as many tabs as a browser has connections to a server work beside each other', async ({
  context,
  page,
  startDemo,
}) => {
  const demo = await startDemo();
  await page.goto(demo.url);
  await press(page, 'Start the stream');
  await expect(page.getByText('Callback: waiting')).toBeVisible();
  const others: Page[] = [];
  for (let count = 0; count < 6; count += 1) {
    const other = await context.newPage();
    await other.goto(demo.url);
    await expect(stage(other)).toHaveText('Waiting');
    await expect(other.getByText('Callback: waiting')).toBeVisible();
    others.push(other);
  }
  await press(page, 'Stop the stream');
  for (const tab of [page, ...others]) {
    await expect(stage(tab)).toHaveText('Stopped');
    await expect(tab.getByText('Callback: stopped')).toBeVisible();
  }
  // The tab that listened for the others goes, and the next one misses nothing.
  const [last = page] = others;
  await page.close();
  await press(last, 'Start the stream');
  await expect(last.getByText('Callback: waiting')).toHaveCount(2);
});

test('keys stay hidden until they are requested', async ({ page, startDemo }) => {
  const demo = await startDemo();
  await page.goto(demo.url);
  await press(page, 'New stream');
  await press(page, 'Start the stream');
  const key = page.getByLabel('Stream key').first();
  await expect(key).not.toHaveValue('');
  const secret = await key.inputValue();
  await page.getByText('Publish from OBS or another encoder').click();
  await expect(page.getByRole('tab', { name: 'RTMP' })).toBeVisible();
  await expect(key).toHaveAttribute('type', 'password');
  await expect(page.locator('body')).not.toContainText(secret);
  await page.evaluate(() => {
    navigator.clipboard.writeText = () => Promise.reject(new DOMException('', 'NotAllowedError'));
  });
  await page.getByRole('button', { name: 'Copy', exact: true }).first().click();
  await expect(page.getByText('didn’t let this page copy')).toBeVisible();
  await expect(key).toHaveAttribute('type', 'password');
  await page.getByRole('button', { name: 'Reveal' }).first().click();
  await expect(key).toHaveAttribute('type', 'text');
  expect(demo.printed()).not.toContain(secret);
});

test('with a key in the environment it runs against that service, and the page never sees the key', async ({
  page,
  ingest,
  startDemo,
}) => {
  const apiKey = 'qencode-api-key-of-this-test';
  const demo = await startDemo({ QENCODE_API_KEY: apiKey, QENCODE_API_URL: ingest.url });
  const traffic: string[] = [];
  page.on('request', (request) => {
    traffic.push(request.url(), JSON.stringify(request.headers()), request.postData() ?? '');
  });
  page.on('response', (response) => {
    traffic.push(JSON.stringify(response.headers()));
    // An event stream has no end, and with it no text.
    if (response.headers()['content-type']?.startsWith('text/event-stream')) return;
    response.text().then(
      (text) => traffic.push(text),
      // A redirect, or a response that the page did not wait for, has no body.
      () => {},
    );
  });
  await page.goto(demo.url);
  await expect(page.getByText('demo · Qencode Live')).toBeVisible();
  await press(page, 'New stream');
  await press(page, 'Start the stream');
  await goLive(page);
  await expect(stage(page)).toHaveText('Live');
  await press(page, 'Stop the stream');
  await expect(stage(page)).toHaveText('Stopped');
  expect(traffic.length).toBeGreaterThan(20);
  expect(traffic.join('\n')).toContain('streamKey');
  expect(traffic.join('\n')).not.toContain(apiKey);
  expect(traffic.join('\n')).not.toMatch(/access_token|Bearer /);
  expect(demo.printed()).not.toContain(apiKey);
});

test('the same page publishes to any address, from the query string too', async ({
  page,
  ingest,
  startDemo,
}) => {
  const demo = await startDemo();
  const { options } = await openStream(ingest);
  const { serverUrl, streamKey } = options;
  await page.goto(`${demo.url}?u=${encodeURIComponent(serverUrl)}&more=1`);
  await expect(page.getByLabel('Server URL')).not.toHaveValue(new RegExp(streamKey));
  await expect(page.getByLabel('Stream key')).toHaveValue(streamKey);
  expect(page.url()).toBe(`${demo.url}?more=1`);
  expect(
    await page.evaluate(() => [document.title, JSON.stringify(history.state)].join()),
  ).not.toContain(streamKey);
  await goLive(page);
  expect(ingest.inspect(streamKey)?.publishing).toBe(true);
});
