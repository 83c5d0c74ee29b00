import type { Page } from '@playwright/test';
import { chromium } from '@playwright/test';
import type { App } from '../e2e/app.js';
import { startApp } from '../e2e/app.js';
import { chromiumArgs } from '../e2e/browser-flags.js';
import makeClip from '../e2e/media.js';
import type { Ingest } from '../ingest/index.js';
import { startIngest } from '../ingest/index.js';
import { findChromium } from '../scripts/browser.js';
import type { Latency, PublisherName } from './pages/publish.js';
import type { Table } from './table.js';
import { median, ratio } from './table.js';

const RUNS = 10;
const LATENCY_FRAMES = 300;
const NAMES: Readonly<Record<PublisherName, string>> = {
  cold: 'this kit, cold',
  prepared: 'this kit, prepared',
  ovenlivekit: 'peer: ovenlivekit',
};
const PUBLISHERS = Object.keys(NAMES) as PublisherName[];

/** Press-to-media and picture latency of this kit and of a peer, in turn, on one ingest. */
export async function benchPublish(): Promise<readonly Table[]> {
  makeClip();
  const [ingest, app] = await Promise.all([startIngest(), startApp()]);
  const browser = await chromium.launch({
    executablePath: findChromium(),
    args: [...chromiumArgs()],
  });
  try {
    const context = await browser.newContext({ permissions: ['camera', 'microphone'] });
    const page = await context.newPage();
    return [await benchStart(page, app, ingest), await benchLatency(page, app, ingest)];
  } finally {
    await browser.close();
    await Promise.all([ingest.close(), app.close()]);
  }
}

async function benchStart(page: Page, app: App, ingest: Ingest): Promise<Table> {
  const times = new Map<PublisherName, number[]>(PUBLISHERS.map((name) => [name, []]));
  // In turn, so that whatever else the machine does falls on all alike.
  for (let run = 0; run < RUNS; run += 1) {
    for (const name of PUBLISHERS) {
      await open(page, app);
      const url = publishUrl(ingest);
      times
        .get(name)
        ?.push(
          await page.evaluate(([n, u]) => window.bench.pressToMedia(n, u), [name, url] as const),
        );
    }
  }
  const base = median(times.get('ovenlivekit') ?? []);
  return {
    title: 'Press to first video packet, ms',
    note: `${RUNS} runs each, in turn, camera already open, loopback.`,
    rows: PUBLISHERS.map((name) => {
      const values = times.get(name) ?? [];
      const middle = median(values);
      return {
        name: NAMES[name],
        values: {
          median: Math.round(middle),
          min: Math.round(Math.min(...values)),
          max: Math.round(Math.max(...values)),
          'median / peer': ratio(middle, base),
        },
      };
    }),
  };
}

async function benchLatency(page: Page, app: App, ingest: Ingest): Promise<Table> {
  const seen = new Map<PublisherName, Latency>();
  for (const name of ['prepared', 'ovenlivekit'] as const) {
    await open(page, app);
    const asked = [name, publishUrl(ingest), LATENCY_FRAMES] as const;
    seen.set(
      name,
      await page.evaluate(([n, url, frames]) => window.bench.latency(n, url, frames), asked),
    );
  }
  const base = median(seen.get('ovenlivekit')?.delays ?? []);
  return {
    title: 'What a viewer sees, 720p30 asked for',
    note: `${LATENCY_FRAMES} frames, preview and viewer on one page, frame numbers read from both; delays in ms, widths in pixels. A smaller picture is encoded sooner.`,
    rows: [...seen].map(([name, { delays, firstWidth, lastWidth }]) => {
      const sorted = [...delays].sort((left, right) => left - right);
      return {
        name: NAMES[name],
        values: {
          'first width': firstWidth,
          'last width': lastWidth,
          p50: Math.round(median(delays)),
          p95: Math.round(sorted[Math.floor(sorted.length * 0.95)] ?? Number.NaN),
          'p50 / peer': ratio(median(delays), base),
        },
      };
    }),
  };
}

async function open(page: Page, app: App): Promise<void> {
  await page.goto(`${app.origin}/bench/pages/publish.html`);
  await page.waitForFunction(() => 'bench' in window);
}

function publishUrl(ingest: Ingest): string {
  const { server_urls } = ingest.openStream();
  if (server_urls.webrtc === undefined) throw new Error('The stream has no WebRTC address.');
  return server_urls.webrtc;
}
