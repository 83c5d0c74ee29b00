import { setTimeout as wait } from 'node:timers/promises';
import type { CDPSession } from '@playwright/test';
import { componentUrl, goLive } from '../e2e/component.js';
import type { Table } from './table.js';
import { median } from './table.js';
import { withPage } from './with-page.js';

/** How far back the charts reach. */
const REMEMBERED_MS = 5 * 60_000;
const RUNS = 5;
const SECONDS = 10;

/** The cost of sampling, verdict and panel on the page's main thread while it sends 720p30. */
export async function benchStatsCost(): Promise<Table> {
  return withPage(async ({ page, context, app, ingest }) => {
    const { server_urls, stream_key: streamKey } = await ingest.openStream();
    await page.goto(componentUrl(app, 'panel', [{ serverUrl: server_urls.webrtc, streamKey }]));
    await goLive(page);
    const session = await context.newCDPSession(page);
    await session.send('Performance.enable');
    // The charts draw all that is remembered.
    await wait(REMEMBERED_MS);
    const shares = { with: [] as number[], without: [] as number[] };
    for (let run = 0; run < RUNS; run += 1) {
      for (const name of ['with', 'without'] as const) {
        // Without a report there is no sample, no verdict, and nothing new to draw.
        await page.evaluate((isOff) => {
          const { prototype } = RTCPeerConnection;
          const original = Reflect.get(prototype, 'readStats') ?? prototype.getStats;
          Reflect.set(prototype, 'readStats', original);
          prototype.getStats = isOff ? () => Promise.reject(new Error('off')) : original;
        }, name === 'without');
        // The first sample after a pause covers it, and is like no other.
        await wait(2_000);
        shares[name].push(await busyShare(session));
      }
    }
    const [on, off] = [median(shares.with), median(shares.without)];
    const percent = (share: number) => `${(share * 100).toFixed(2)} %`;
    return {
      title: 'Cost of statistics, share of one core',
      note: `Main thread of a live page, 720p30; median of ${RUNS} runs of ${SECONDS} s each, in turn, after ${REMEMBERED_MS / 60_000} minutes. What the browser does on threads of its own to make a report is not in it.`,
      rows: [
        { name: 'sampling, health and panel', values: { busy: percent(on) } },
        { name: 'none of them', values: { busy: percent(off) } },
        { name: 'difference', values: { busy: percent(on - off) } },
      ],
    };
  });
}

/** The share of the time that the page's main thread was busy. */
async function busyShare(session: CDPSession): Promise<number> {
  const before = await metricsOf(session);
  await wait(SECONDS * 1000);
  const after = await metricsOf(session);
  return (after.busy - before.busy) / (after.at - before.at);
}

async function metricsOf(session: CDPSession) {
  const { metrics } = await session.send('Performance.getMetrics');
  const read = (wanted: string) => metrics.find(({ name }) => name === wanted)?.value ?? 0;
  return { busy: read('TaskDuration'), at: read('Timestamp') };
}
