import type { Page } from '@playwright/test';
import { test as base } from '@playwright/test';
import type { Ingest } from '../ingest/index.js';
import { startIngest } from '../ingest/index.js';
import { findFirefox } from '../scripts/browser.js';
import type { BroadcasterOptions } from '../src/core/index.js';
import type { App } from './app.js';
import { startApp } from './app.js';
import type { DemoServer } from './demo-server.js';
import { startDemo } from './demo-server.js';
import { firefoxHost } from './firefox-host.js';

/** The uncaught errors of a page. */
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
  /** Starts the demo, as `npm start` does, until the end of the test. `env` is added to the test's own. */
  readonly startDemo: (env?: Readonly<Record<string, string>>) => Promise<DemoServer>;
}

interface WorkerFixtures {
  readonly app: App;
  /** The address of the ingests: loopback, but for Firefox, which checks no candidate there. */
  readonly ingestHost: string;
}

/** Firefox reports sockets and policies as errors of the page. */
const FIREFOX_COMPLAINT =
  /Firefox can’t establish a connection|The connection to \S+ was interrupted|Content-Security-Policy/;

/** Playwright's `test`, with a local ingest of its own, and the server of the test pages. */
export const test = base.extend<TestFixtures, WorkerFixtures>({
  ingestOptions: [{}, { option: true }],
  ingest: async ({ ingestOptions, ingestHost, app }, use) => {
    const allowedOrigins = [app.origin];
    const ingest = await startIngest({ host: ingestHost, allowedOrigins, ...ingestOptions });
    await use(ingest);
    await ingest.close();
  },
  startDemo: async ({ browserName: _ }, use) => {
    const started: DemoServer[] = [];
    await use(async (env) => {
      const demo = startDemo(env);
      started.push(demo);
      await demo.ready;
      return demo;
    });
    await Promise.all(started.map((demo) => demo.stop()));
  },
  faults: [
    async ({ page }, use) => {
      const faults: PageFaults = { errors: [], console: [] };
      page.on('pageerror', (error) => {
        const said = String(error);
        (FIREFOX_COMPLAINT.test(said) ? faults.console : faults.errors).push(said);
      });
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
  ingestHost: [
    async ({ browserName }, use) => {
      await use(browserName === 'firefox' ? firefoxHost() : '127.0.0.1');
    },
    { scope: 'worker' },
  ],
  launchOptions: [
    async ({ browserName, launchOptions }, use) => {
      const found = browserName === 'firefox' ? { executablePath: findFirefox() } : {};
      await use({ ...launchOptions, ...found });
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

/** Of a picture whose size or frames are looked at: it stays as large as it is, however busy the machine. */
export const AT_FULL_SIZE = {
  degradationPreference: 'maintain-resolution',
  adaptToMachine: false,
} as const satisfies BroadcasterOptions;

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
