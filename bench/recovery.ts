import { setTimeout as pause } from 'node:timers/promises';
import type { Page } from '@playwright/test';
import { watchMedia } from '../e2e/media-watch.js';
import { waitUntil } from '../e2e/wait-until.js';
import type { Ingest } from '../ingest/index.js';
import type { RecoveryName } from './pages/recovery.js';
import type { Row, Table } from './table.js';
import { median, ratio } from './table.js';
import { withPage } from './with-page.js';

const RUNS = 3;
/** A kit that is not back by then is reported as never back. */
const BOUND_MS = 25_000;

/** Something that goes wrong; resolves when it is over, or, where it lasts, at once. */
interface Fault {
  readonly name: string;
  strike(ingest: Ingest, streamKey: string): Promise<void>;
}

const FAULTS: readonly Fault[] = [
  {
    name: 'socket cut',
    strike: async (ingest, key) => ingest.setFault({ kind: 'cut-socket' }, key),
  },
  { name: 'ingest restarted, down 1 s', strike: (ingest) => ingest.restart({ downForMs: 1000 }) },
  {
    name: 'media cut 5 s',
    async strike(ingest, key) {
      ingest.setFault({ kind: 'cut-media', scope: 'path' }, key);
      await pause(5000);
      ingest.setFault(null, key);
    },
  },
  {
    name: 'media of the session cut for good',
    strike: async (ingest, key) => ingest.setFault({ kind: 'cut-media' }, key),
  },
];

const NAMES: Readonly<Record<RecoveryName, string>> = {
  ours: 'this kit',
  ovenlivekit: 'peer: ovenlivekit',
};

/** One run: milliseconds until it said so, and until media came in again; `Infinity` for never. */
interface Run {
  readonly notice: number;
  readonly recover: number;
}

/** How soon this kit and a peer notice a fault, and are back, in turn, on one ingest. */
export async function benchRecovery(): Promise<Table> {
  return withPage(async ({ page, app, ingest }) => {
    const rows: Row[] = [];
    for (const fault of FAULTS) {
      const runs: Record<RecoveryName, Run[]> = { ours: [], ovenlivekit: [] };
      for (let run = 0; run < RUNS; run += 1) {
        for (const name of ['ours', 'ovenlivekit'] as const) {
          // A page that is new has no session left that the one before could not end.
          await page.goto(`${app.origin}/bench/pages/recovery.html`);
          await page.waitForFunction(() => 'recovery' in window);
          runs[name].push(await runOnce(page, ingest, name, fault));
        }
      }
      for (const name of ['ours', 'ovenlivekit'] as const) {
        const middle = (of: RecoveryName, what: keyof Run) =>
          median(runs[of].map((run) => run[what]));
        rows.push({
          name: `${fault.name}: ${NAMES[name]}`,
          values: {
            'notice ms': shown(middle(name, 'notice')),
            'notice / peer': compared(middle(name, 'notice'), middle('ovenlivekit', 'notice')),
            'recover ms': shown(middle(name, 'recover')),
            'recover / peer': compared(middle(name, 'recover'), middle('ovenlivekit', 'recover')),
          },
        });
      }
    }
    return {
      title: 'After a fault: until it is noticed, and until media is back',
      note: `Medians of ${RUNS} runs each, in turn, on one ingest. Noticed: the status leaves live; at the peer, the first callback that says so. Back: the first new media packet at the ingest after the fault is over (of what lasts, after it began); "never" is not within ${BOUND_MS / 1000} s. A short cut heals by itself where the old connection is left alone.`,
      rows,
    };
  });
}

async function runOnce(page: Page, ingest: Ingest, name: RecoveryName, fault: Fault): Promise<Run> {
  const { id, stream_key: key, server_urls } = ingest.openStream();
  await page.evaluate(([who, url]) => window.recovery.goLive(who, url), [
    name,
    server_urls.webrtc,
  ] as const);
  await waitUntil(
    'media flows',
    () => ingest.inspect(key)?.frames ?? 0,
    (frames) => frames > 30,
  );
  const media = watchMedia(ingest, key);
  try {
    const brokenAt = Date.now();
    await fault.strike(ingest, key);
    const overAt = Date.now();
    const back = await waitUntil(
      'media is back',
      () => media.silenceAt(overAt)?.to ?? null,
      (at) => at !== null && at >= overAt,
      { timeoutMs: BOUND_MS },
    ).catch(() => null);
    const noticedAt = await page.evaluate((at) => window.recovery.noticedAt(at), brokenAt);
    return {
      notice: noticedAt === null ? Number.POSITIVE_INFINITY : noticedAt - brokenAt,
      recover: back === null ? Number.POSITIVE_INFINITY : back - overAt,
    };
  } finally {
    media.end();
    await page.evaluate(() => window.recovery.end());
    ingest.setFault(null);
    ingest.stopStream(id);
  }
}

function shown(ms: number): string | number {
  return Number.isFinite(ms) ? Math.round(ms) : 'never';
}

function compared(ms: number, base: number): string {
  return Number.isFinite(ms) && Number.isFinite(base) && base > 0 ? ratio(ms, base) : '–';
}
