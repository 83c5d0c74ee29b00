import { findFirefox } from '../scripts/browser.js';
import { broadcasterOf, goLive, openComponent } from './component.js';
import { sizesOfFirstSeconds } from './encoding.js';
import { test as base, expect, openStream, startCore, waitForStatus } from './fixtures.js';
import type { Network } from './network.js';
import { openNetwork } from './network.js';

/**
 * The other tests' `test`, in Firefox. It checks no candidate on loopback, so the ingest is on this
 * machine's end of a network that the tests made.
 */
const test = base.extend<object, { readonly network: Network }>({
  network: [
    async ({ browserName: _ }, use) => {
      const network = openNetwork();
      await use(network);
      network.close();
    },
    { scope: 'worker' },
  ],
  launchOptions: [
    async ({ browserName: _ }, use) => {
      const executablePath = findFirefox();
      const firefoxUserPrefs = {
        'media.navigator.streams.fake': true,
        'media.navigator.permission.disabled': true,
        'media.autoplay.default': 0,
      };
      await use({ executablePath, firefoxUserPrefs });
    },
    { scope: 'worker' },
  ],
  ingestOptions: async ({ network, app }, use) => {
    await use({ host: network.host, allowedOrigins: [app.origin] });
  },
});

test('the first pictures are of full size', async ({ page, app, ingest }) => {
  const { options } = await startCore(page, app, ingest);
  expect(await sizesOfFirstSeconds(page, ingest, options.streamKey)).toEqual(['1280x720']);
});

test('a broadcast comes back after its socket was cut, and ends when it is stopped', async ({
  page,
  app,
  ingest,
}) => {
  const { options } = await startCore(page, app, ingest);
  ingest.setFault({ kind: 'cut-socket' }, options.streamKey);
  await waitForStatus(page, 'reconnecting');
  await waitForStatus(page, 'live');
  expect(ingest.inspect(options.streamKey)).toMatchObject({ publishing: true, sessions: 2 });
  await page.evaluate(() => window.kit.get().stop());
  await expect.poll(() => ingest.inspect(options.streamKey)?.publishing).toBe(false);
  await expect.poll(() => ingest.openPeers).toBe(0);
});

test('one press goes live, one stops', async ({ page, app, ingest, faults }) => {
  const { options: props } = await openStream(ingest);
  await openComponent(page, app, props);
  await goLive(page);
  expect(ingest.inspect(props.streamKey)).toMatchObject({ publishing: true, sessions: 1 });
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await expect(broadcasterOf(page)).toHaveAttribute('data-status', 'idle');
  await expect.poll(() => ingest.inspect(props.streamKey)?.publishing).toBe(false);
  expect(faults.console).toEqual([]);
});
