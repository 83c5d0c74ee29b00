import { setTimeout as pause } from 'node:timers/promises';
import type { Page } from '@playwright/test';
import type { App } from '../e2e/app.js';
import { startRelay } from '../e2e/relay.js';
import { openShaper } from '../e2e/shaper.js';
import type { Ingest } from '../ingest/index.js';
import type { Latency, PublisherName } from './pages/publish.js';
import type { Table } from './table.js';
import { median, ratio } from './table.js';
import { withPage } from './with-page.js';

const RUNS = 10;
const LATENCY_FRAMES = 300;
/** The longest that something is waited for, in milliseconds. */
const OUTPUT_BOUND_MS = 8_000;
const FAR_ROUND_TRIP_MS = 160;
const NAMES: Readonly<Record<PublisherName, string>> = {
  cold: 'this kit, cold',
  prepared: 'this kit, prepared',
  stale: 'this kit, prepared once',
  ovenlivekit: 'peer: ovenlivekit',
  'whip-whep': 'peer: whip-whep',
  eyevinn: 'peer: @eyevinn/whip-web-client',
};

/** Clients that are compared, on one way of signaling. */
interface Contest {
  readonly title: string;
  readonly names: readonly PublisherName[];
  /** The one that the others are measured by. */
  readonly base: PublisherName;
  readonly urlOf: (ingest: Ingest) => string;
}

const OVER_SOCKET: Contest = {
  title: 'Press to first video packet, ms',
  names: ['cold', 'prepared', 'ovenlivekit'],
  base: 'ovenlivekit',
  urlOf: publishUrl,
};
/** The clients of WHIP, on one run of the ingest. */
export const OVER_WHIP: Contest = {
  title: 'Press to first video packet over WHIP, ms',
  names: ['cold', 'whip-whep', 'eyevinn'],
  base: 'whip-whep',
  urlOf: (ingest) => `${publishUrl(ingest).replace(/^ws/, 'http')}?direction=whip`,
};

/** Press-to-media and picture latency of this kit and of a peer, in turn, on one ingest. */
export async function benchPublish(): Promise<readonly Table[]> {
  return withPage(async ({ page, app, ingest }) => {
    return [
      await benchStart(page, app, ingest, OVER_SOCKET),
      await benchStart(page, app, ingest, OVER_WHIP),
      await benchOutput(page, app, ingest),
      await farAway(page, ingest, (reach) => benchOutput(page, app, ingest, reach)),
      await benchLatency(page, app, ingest),
    ];
  });
}

/** `runs` of each, in turn. */
export async function benchStart(
  page: Page,
  app: App,
  ingest: Ingest,
  { title, names, base, urlOf }: Contest,
  runs = RUNS,
): Promise<Table> {
  const times = new Map<PublisherName, number[]>(names.map((name) => [name, []]));
  // In turn, so that whatever else the machine does falls on all alike.
  for (let run = 0; run < runs; run += 1) {
    for (const name of names) {
      await openPage(page, app);
      const asked = [name, urlOf(ingest)] as const;
      const took = await page.evaluate(([n, u]) => window.bench.pressToMedia(n, u), asked);
      times.get(name)?.push(took);
    }
  }
  const middleOfBase = median(times.get(base) ?? []);
  return {
    title,
    note: `${runs} runs each, in turn, camera already open, loopback.`,
    rows: names.map((name) => {
      const values = times.get(name) ?? [];
      const middle = median(values);
      return {
        name: NAMES[name],
        values: {
          median: Math.round(middle),
          min: Math.round(Math.min(...values)),
          max: Math.round(Math.max(...values)),
          'median / peer': ratio(middle, middleOfBase),
        },
      };
    }),
  };
}

/**
 * When the ingest has each part of a stream, in ms after the press; a part that was late is absent.
 */
export interface Output {
  readonly firstFrame?: number;
  readonly fullSize?: number;
  readonly ready?: number;
}

/** How an ingest is reached that is not on this machine. */
export interface Reach {
  /** Of its signalling. */
  readonly port: string;
  readonly roundTripMs: number;
}

/** Puts the ingest far away for as long as `work` takes: its signalling by a relay, media by the browser. */
export async function farAway(
  page: Page,
  ingest: Ingest,
  work: (reach: Reach) => Promise<Table>,
): Promise<Table> {
  const eachWayMs = FAR_ROUND_TRIP_MS / 2;
  const relay = await startRelay(Number(new URL(ingest.url).port), { delayMs: eachWayMs });
  const shaper = await openShaper(page);
  try {
    await shaper.shape({ latencyMs: eachWayMs });
    return await work({ port: String(relay.port), roundTripMs: FAR_ROUND_TRIP_MS });
  } finally {
    await shaper.end();
    await relay.close();
  }
}

async function benchOutput(
  page: Page,
  app: App,
  ingest: Ingest,
  reach: Reach | null = null,
): Promise<Table> {
  const names = ['prepared', 'stale', 'cold', 'ovenlivekit'] as const;
  const seen = new Map<PublisherName, Output[]>(names.map((name) => [name, []]));
  for (let run = 0; run < RUNS; run += 1) {
    // A person presses at no particular moment: these are spread over two renewals.
    const waitMs = 3_000 + (run * 2_400) / RUNS;
    for (const name of names) {
      await openPage(page, app);
      const stream = ingest.openStream();
      const address = new URL(stream.server_urls.webrtc ?? '');
      if (reach !== null) address.port = reach.port;
      const asked = [name, address.href, waitMs] as const;
      const pressedAt = await page.evaluate(
        ([n, url, wait]) => window.bench.pressAfter(n, url, wait),
        asked,
      );
      seen.get(name)?.push(await watchOutput(ingest, stream.stream_key, pressedAt));
      await page.evaluate(() => window.bench.end());
    }
  }
  const middle = (name: PublisherName, field: keyof Output) => {
    const values = (seen.get(name) ?? []).flatMap((output) => output[field] ?? []);
    return values.length <= RUNS / 2 ? undefined : Math.round(median(values));
  };
  const base = middle('ovenlivekit', 'ready');
  return {
    title: `Press to what an ingest has ${reach === null ? 'on this machine' : `${reach.roundTripMs} ms away and back`}, 720p30 asked for, ms`,
    note: `Medians of ${RUNS} runs each, in turn, pressed ${3_000}–${5_400} ms after getting ready. "ready" is when the ingest, which throws media away as OvenMediaEngine does, could hand it on to players; "–" did not come within ${OUTPUT_BOUND_MS} ms in most runs.`,
    rows: names.map((name) => {
      const ready = middle(name, 'ready');
      const all = (seen.get(name) ?? []).flatMap((output) => output.ready ?? []);
      return {
        name: NAMES[name],
        values: {
          'first frame': middle(name, 'firstFrame') ?? '–',
          'full size': middle(name, 'fullSize') ?? '–',
          ready: ready ?? '–',
          'ready, latest': all.length < RUNS ? '–' : Math.round(Math.max(...all)),
          'ready / peer': ready === undefined || base === undefined ? '–' : ratio(ready, base),
        },
      };
    }),
  };
}

/** Reads the ingest's report until everything was seen, or for as long as the bound. */
export async function watchOutput(ingest: Ingest, key: string, pressedAt: number): Promise<Output> {
  let output: Output = {};
  while (Date.now() - pressedAt < OUTPUT_BOUND_MS) {
    const report = ingest.inspect(key);
    const { firstFrameAt, outputReadyAt, width } = report ?? {};
    if (firstFrameAt !== undefined) output = { ...output, firstFrame: firstFrameAt - pressedAt };
    if (outputReadyAt !== undefined) output = { ...output, ready: outputReadyAt - pressedAt };
    if (firstFrameAt !== undefined && width === 1280)
      output = { fullSize: Date.now() - pressedAt, ...output };
    if (output.ready !== undefined && output.fullSize !== undefined) break;
    await pause(10);
  }
  return output;
}

async function benchLatency(page: Page, app: App, ingest: Ingest): Promise<Table> {
  const seen = new Map<PublisherName, Latency>();
  for (const name of ['prepared', 'ovenlivekit'] as const) {
    await openPage(page, app);
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

export async function openPage(page: Page, app: App): Promise<void> {
  await page.goto(`${app.origin}/bench/pages/publish.html`);
  await page.waitForFunction(() => 'bench' in window);
}

function publishUrl(ingest: Ingest): string {
  const { server_urls } = ingest.openStream();
  if (server_urls.webrtc === undefined) throw new Error('The stream has no WebRTC address.');
  return server_urls.webrtc;
}
