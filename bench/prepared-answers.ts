import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Page } from '@playwright/test';
import type { App } from '../e2e/app.js';
import { type Ingest, type IngestOptions, startIngest } from '../ingest/index.js';
import type { Conversation } from './pages/publish.js';
import { farAway, openPage, type Reach, watchOutput } from './publish.js';
import type { Row, Table } from './table.js';
import { median } from './table.js';
import { withPage } from './with-page.js';

const PAIRS = 7;
const GENERATIONS = ['0.20', '0.20.5', '0.21'] as const satisfies IngestOptions['generation'][];
/** How long a page is prepared while the cost of that is counted, in milliseconds. */
const PREPARED_MS = 12_000;
const MINUTE_MS = 60_000;
const RECHECKS = 7;

/** Gain and cost of refreshing a prepared answer, and the cost of asking for the name again. */
export async function benchPreparedAnswers(): Promise<readonly Table[]> {
  return withPage(async ({ page, app, ingest }) => [
    await benchGenerations(page, app),
    await benchUpkeep(page, app),
    await farAway(page, ingest, (reach) => benchRecheck(page, app, ingest, reach)),
  ]);
}

async function benchGenerations(page: Page, app: App): Promise<Table> {
  const rows: Row[] = [];
  for (const generation of GENERATIONS) {
    const ingest = await startIngest({ generation });
    const times: { readonly fresh: number; readonly once: number }[] = [];
    for (let run = 0; run < PAIRS; run += 1) {
      // A person presses at no particular moment: these are spread over two renewals.
      const waitMs = 3_000 + (run * 2_400) / PAIRS;
      times.push({
        fresh: await pressToReady(page, app, ingest, 'prepared', waitMs),
        once: await pressToReady(page, app, ingest, 'stale', waitMs),
      });
    }
    await ingest.close();
    const fresh = times.map((pair) => pair.fresh);
    const once = times.map((pair) => pair.once);
    rows.push({
      name: generation,
      values: {
        'kept fresh': Math.round(median(fresh)),
        latest: Math.max(...fresh),
        'made once': Math.round(median(once)),
        'latest, once': Math.max(...once),
        'fresh / once': `${median(times.map((pair) => pair.fresh / pair.once)).toFixed(2)}×`,
      },
    });
  }
  return {
    title: 'Press to output ready by generation of OvenMediaEngine, ms',
    note: `${PAIRS} pairs a generation, in turn, pressed 3000–5400 ms after getting ready, loopback; medians, the ratio of each pair. 0.20 is up to 0.20.4.`,
    rows,
  };
}

async function pressToReady(
  page: Page,
  app: App,
  ingest: Ingest,
  name: 'prepared' | 'stale',
  waitMs: number,
): Promise<number> {
  await openPage(page, app);
  const stream = ingest.openStream();
  const asked = [name, stream.server_urls.webrtc ?? '', waitMs] as const;
  const pressedAt = await page.evaluate(
    ([n, url, wait]) => window.bench.pressAfter(n, url, wait),
    asked,
  );
  const { ready } = await watchOutput(ingest, stream.stream_key, pressedAt);
  await page.evaluate(() => window.bench.end());
  if (ready === undefined) throw new Error('The output was not ready in time.');
  return ready;
}

/** The cost per minute of a page that is prepared and waits. */
async function benchUpkeep(page: Page, app: App): Promise<Table> {
  const relay = await countRelay();
  const turn = { urls: [relay.url], username: 'u', credential: 'p' };
  const rows: Row[] = [];
  for (const [path, transport, iceServers] of [
    ['direct', '', []],
    ['through a relay', '&transport=tcp', [turn]],
  ] as const) {
    const ingest = await startIngest({ iceServers });
    for (const [name, words] of [
      ['prepared', 'kept fresh'],
      ['stale', 'made once'],
    ] as const) {
      await openPage(page, app);
      const url = `${ingest.openStream().server_urls.webrtc}?direction=send${transport}`;
      const before = relay.counted();
      const asked = [name, url, PREPARED_MS] as const;
      await page.evaluate(([n, u, wait]) => window.bench.pressAfter(n, u, wait), asked);
      const { connections, offersAskedAt } = await page.evaluate(() => window.bench.conversation());
      const after = relay.counted();
      await page.evaluate(() => window.bench.end());
      const aMinute = (count: number) => Math.round((count * MINUTE_MS) / PREPARED_MS);
      rows.push({
        name: `${path}, ${words}`,
        values: {
          'peer connections': aMinute(connections - 1),
          // The first offer, and the second that is asked for at the press, are not upkeep.
          'offers asked for': aMinute(offersAskedAt.length - 2),
          'relay connections': aMinute(after.connections - before.connections),
          'bytes to the relay': aMinute(after.bytes - before.bytes),
        },
      });
    }
    await ingest.close();
  }
  await relay.close();
  return {
    title: 'What a page that waits, prepared, costs each minute',
    note: `Counted over ${PREPARED_MS / 1000} s. The relay counts, and answers nothing: a real one is asked twice for each allocation. Nothing goes to the ingest itself.`,
    rows,
  };
}

/** Counts who comes to a TURN server over TCP. */
async function countRelay() {
  let connections = 0;
  let bytes = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.on('data', (data) => {
      bytes += data.length;
    });
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The relay has no port.');
  return {
    url: `turn:127.0.0.1:${address.port}?transport=tcp`,
    counted: () => ({ connections, bytes }),
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

/** The cost at the press of asking for the name again before an older offer is answered. */
async function benchRecheck(page: Page, app: App, ingest: Ingest, reach: Reach): Promise<Table> {
  const rows: Row[] = [];
  for (const [words, waitMs] of [
    ['offer younger than half a second', 0],
    ['older offer', 1_500],
  ] as const) {
    const seen: { readonly pressedAt: number; readonly conversation: Conversation }[] = [];
    for (let run = 0; run < RECHECKS; run += 1) {
      await openPage(page, app);
      const address = new URL(ingest.openStream().server_urls.webrtc ?? '');
      address.port = reach.port;
      const pressedAt = await page.evaluate(
        ([url, wait]) => window.bench.pressAfter('prepared', url, wait),
        [address.href, waitMs] as const,
      );
      const conversation = await page.evaluate(() => window.bench.conversation());
      seen.push({ pressedAt, conversation });
      await page.evaluate(() => window.bench.end());
      await pause(reach.roundTripMs);
    }
    const waits = seen.map(({ pressedAt, conversation }) => conversation.answeredAt - pressedAt);
    const counts = (isCounted: (askedAt: number, pressedAt: number) => boolean) =>
      median(
        seen.map(
          ({ pressedAt, conversation }) =>
            conversation.offersAskedAt.filter((at) => isCounted(at, pressedAt)).length,
        ),
      );
    rows.push({
      name: words,
      values: {
        'press to answer, ms': median(waits),
        'round trips': (median(waits) / reach.roundTripMs).toFixed(2),
        'webhook calls before': counts((at, pressedAt) => at < pressedAt),
        'at the press': counts((at, pressedAt) => at >= pressedAt),
        sockets: median(seen.map(({ conversation }) => conversation.sockets)),
      },
    });
  }
  return {
    title: `Whether the name is still free, asked ${reach.roundTripMs} ms away and back`,
    note: `Medians of ${RECHECKS} presses each. OvenMediaEngine calls its admission webhook once for each offer that it is asked for.`,
    rows,
  };
}
