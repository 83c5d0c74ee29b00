import { INSECURE_HOST } from './app.js';
import { broadcasterOf, openComponent } from './component.js';
import { expect, openStream, test } from './fixtures.js';

/** Props that an app may pass by mistake, and whether they leave anywhere to publish to. */
const WRONG_PROPS: readonly (readonly [name: string, props: unknown])[] = [
  ['no server URL', {}],
  ['a null server URL', { serverUrl: null, streamKey: null }],
  ['an empty server URL', { serverUrl: '', streamKey: '' }],
  ['a relative URL', { serverUrl: '/app/key' }],
  ['a javascript: URL', { serverUrl: 'javascript:alert(1)' }],
  ['a malformed URL', { serverUrl: 'wss://[', streamKey: 'key' }],
  ['a URL without a host', { serverUrl: 'wss://', streamKey: 'key' }],
  ['a URL that names no stream', { serverUrl: 'wss://127.0.0.1:1/' }],
  ['a key with a slash', { serverUrl: 'wss://127.0.0.1:1/app', streamKey: 'a/b' }],
  ['a key with a space', { serverUrl: 'wss://127.0.0.1:1/app', streamKey: 'a b' }],
  ['a number for a URL', { serverUrl: 42 }],
  ['an object for a key', { serverUrl: 'wss://127.0.0.1:1/app', streamKey: {} }],
];

/** Wrong where there is a sensible default: the component works, and does not stumble. */
const IGNORED_PROPS: readonly (readonly [name: string, props: unknown])[] = [
  ['a garbage start time', { startedAt: 'yesterday-ish' }],
  ['an object for a start time', { startedAt: {} }],
  ['a negative timeout', { timeoutSeconds: -1 }],
  ['a text for a timeout', { timeoutSeconds: 'soon' }],
  ['a number for a camera', { camera: 7 }],
  ['a list for ICE servers that is none', { iceServers: 'stun:x' }],
  ['an unknown codec', { videoCodec: 'theora' }],
];

for (const [name, props] of WRONG_PROPS) {
  test(`${name} is answered with words`, async ({ page, app, faults }) => {
    await openComponent(page, app, props);
    await expect(broadcasterOf(page)).toHaveAttribute('data-status', 'idle');
    await page.getByRole('button', { name: 'Turn on camera' }).click();
    await expect(broadcasterOf(page)).toContainText(/server URL|stream key|address/i);
    // The button that was pressed keeps the focus: it is not disabled but says that it is.
    const goLive = { name: 'Go live', exact: true, disabled: false };
    await expect(page.getByRole('button', goLive)).toHaveCount(0);
    expect(faults.console).toEqual([]);
  });
}

for (const [name, props] of IGNORED_PROPS) {
  test(`${name} is said on the console, and ignored`, async ({ page, app, faults }) => {
    const address = { serverUrl: 'ws://127.0.0.1:1/app', streamKey: 'key', autoPrepare: false };
    await openComponent(page, app, { ...address, ...Object(props) });
    await page.getByRole('button', { name: 'Turn on camera' }).click();
    await expect(page.getByRole('button', { name: 'Go live', exact: true })).toBeEnabled();
    await expect(broadcasterOf(page)).not.toContainText(/NaN|undefined|Invalid Date|\[object/);
    const [option] = Object.keys(Object(props));
    const warning = new RegExp(`^webrtc-broadcaster: The option ${option} is not `);
    expect(faults.console).toEqual([expect.stringMatching(warning)]);
  });
}

test('a page that is not secure is told so', async ({ page, app, faults }) => {
  // Only a name other than localhost is insecure; nothing leaves the machine.
  await page.route(`http://${INSECURE_HOST}/**`, async (route) => {
    const url = route.request().url().replace(`http://${INSECURE_HOST}`, app.origin);
    await route.fulfill({ response: await route.fetch({ url }) });
  });
  const props = encodeURIComponent(JSON.stringify([{ serverUrl: 'ws://127.0.0.1:1/app/key' }]));
  await page.goto(`http://${INSECURE_HOST}/e2e/pages/component.html#${props}`);
  expect(await page.evaluate(() => window.isSecureContext)).toBe(false);
  await page.getByRole('button', { name: /Turn on camera|Try again/ }).click();
  await expect(broadcasterOf(page)).toContainText(/https/i);
  expect(faults.console).toEqual([]);
});

test('a browser without WebRTC is told so', async ({ page, app, ingest, faults }) => {
  await page.addInitScript(() => {
    Reflect.deleteProperty(window, 'RTCPeerConnection');
  });
  const { options: props } = await openStream(ingest);
  await openComponent(page, app, props);
  await page.getByRole('button', { name: 'Turn on camera' }).click();
  const goLive = page.getByRole('button', { name: 'Go live', exact: true });
  const refused = broadcasterOf(page)
    .getByText(/not supported/i)
    .first();
  // It may be said at once, or when going live is tried.
  await expect(refused.or(goLive.and(page.locator(':enabled'))).first()).toBeVisible();
  if (!(await refused.isVisible())) await goLive.click();
  await expect(refused).toBeVisible();
  expect(faults.console).toEqual([]);
});
