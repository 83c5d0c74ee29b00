import type { Page } from '@playwright/test';
import { test as base } from '@playwright/test';
import type { Ingest } from '../ingest/index.js';
import { startIngest } from '../ingest/index.js';
import type { BroadcasterOptions } from '../src/core/index.js';
import type { App } from './app.js';
import { startApp } from './app.js';

/** What went wrong in a page without anybody catching it. */
export interface PageFaults {
  /** Uncaught exceptions and unhandled rejections. The test fails if there are any at its end. */
  readonly errors: string[];
  /** Everything on the console that is an error or a warning. */
  readonly console: string[];
}

interface TestFixtures {
  readonly ingestOptions: Parameters<typeof startIngest>[0];
  readonly ingest: Ingest;
  readonly faults: PageFaults;
}

interface WorkerFixtures {
  readonly app: App;
}

/** Playwright's `test`, with a local ingest of its own, and the server of the test pages. */
export const test = base.extend<TestFixtures, WorkerFixtures>({
  ingestOptions: [{}, { option: true }],
  ingest: async ({ ingestOptions }, use) => {
    const ingest = await startIngest(ingestOptions);
    await use(ingest);
    await ingest.close();
  },
  faults: [
    async ({ page }, use) => {
      const faults: PageFaults = { errors: [], console: [] };
      page.on('pageerror', (error) => faults.errors.push(String(error)));
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') {
          faults.console.push(message.text());
        }
      });
      await use(faults);
      base.expect(faults.errors, 'uncaught errors in the page').toEqual([]);
    },
    { auto: true },
  ],
  app: [
    async ({ browserName: _ }, use) => {
      const app = await startApp();
      await use(app);
      await app.close();
    },
    { scope: 'worker' },
  ],
});

export { expect } from '@playwright/test';

/** A stream that waits for its broadcast. */
export interface OpenStream {
  readonly id: string;
  /** Where to publish, as the options of a broadcaster. */
  readonly options: { readonly serverUrl: string; readonly streamKey: string };
  readonly watchUrl: string;
}

/** Creates and starts a stream on the ingest. */
export async function openStream(ingest: Ingest): Promise<OpenStream> {
  const { id, stream_key: streamKey, server_urls } = await ingest.openStream();
  return {
    id,
    options: { serverUrl: server_urls.webrtc, streamKey },
    watchUrl: server_urls.webrtc,
  };
}

/** Opens the scripted page of the core, and makes a broadcaster on it. */
export async function openCore(page: Page, app: App, options: BroadcasterOptions): Promise<void> {
  await page.goto(app.pageUrl('core'));
  await page.waitForFunction(() => 'kit' in window);
  await page.evaluate((given) => window.kit.create(given), options);
}

/** Goes live from the scripted page of the core, on a stream of its own; resolves when media flows. */
export async function startCore(
  page: Page,
  app: App,
  ingest: Ingest,
  wishes: BroadcasterOptions = {},
): Promise<OpenStream> {
  const stream = await openStream(ingest);
  await openCore(page, app, { ...wishes, ...stream.options });
  await page.evaluate(() => window.kit.get().start());
  return stream;
}

/** Waits until the broadcaster of the scripted page has this status. */
export async function waitForStatus(page: Page, status: string, name = 'main'): Promise<void> {
  const read = () => page.evaluate((of) => window.kit.summary(of), name);
  await base.expect
    .poll(async () => (await read()).status, { timeout: 45_000, message: `${name} is ${status}` })
    .toBe(status);
}
