import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import type { BroadcasterOptions } from '../src/core/index.js';
import type { Scene, Stage } from './fault-stage.js';
import type { FaultRow, Figure } from './fault-table.js';
import { FAULT_TABLE, overWhip } from './fault-table.js';
import { randomFaults } from './random-faults.js';
import type { FaultResult } from './run-fault.js';
import { checkNothingStays, formatResult, runFault, sceneOptions } from './run-fault.js';
import { watchStalls } from './stall-watch.js';
import { waitUntil } from './wait-until.js';

/** The result of a long run: a table, and the expectations that failed. */
export interface SoakResult {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
  readonly problems: readonly string[];
}

type Print = (line: string) => void;

const FULL = { scaled: false } as const;

/** Deals one row so many times in a row, at full length, each to a broadcast of its own on the same page. */
export async function soakRow(
  stage: Stage,
  row: FaultRow,
  { times, print }: { readonly times: number; readonly print: Print },
): Promise<SoakResult> {
  const results: FaultResult[] = [];
  const problems: string[] = [];
  for (let time = 1; time <= times; time += 1) {
    const { result, wrong } = await playRow(stage, row);
    print(`${time}/${times} ${formatResult(result)}`);
    results.push(result);
    problems.push(...wrong.map((problem) => `${row.name}, time ${time}: ${problem}`));
  }
  const passed = results.filter((result) => result.problems.length === 0).length;
  const noticed = spread(results.map(({ noticedMs }) => noticedMs));
  const recovered = spread(results.map(({ recoveredMs }) => recoveredMs));
  problems.push(
    ...tooSlow(`${row.name}: noticed`, noticed, row.figures?.noticedMs),
    ...tooSlow(`${row.name}: recovered`, recovered, row.figures?.recoveredMs),
  );
  return {
    title: `Each fault, again and again${wayOf(row)}`,
    columns: [
      'fault',
      'passed',
      'noticed, ms: median',
      'worst',
      'recovered, ms: median',
      'worst',
      'frames missed: median',
      'worst',
    ],
    rows: [
      [
        row.name,
        `${passed} of ${times}`,
        ...cells(noticed),
        ...cells(recovered),
        ...cells(spread(results.map(({ freezeFrames }) => freezeFrames))),
      ],
    ],
    problems,
  };
}

/** So many random faults in a row, dealt to one broadcast as a seed has it. */
export async function soakRandom(
  stage: Stage,
  given: {
    readonly seed: number;
    readonly count: number;
    readonly isOverWhip?: boolean;
    readonly print: Print;
  },
): Promise<SoakResult> {
  const faults = randomFaults(given.seed, given.count);
  const row = given.isOverWhip === true ? overWhip(faults) : faults;
  const { result, wrong } = await playRow(stage, row);
  given.print(formatResult({ ...result, passages: [] }));
  return {
    title: `Random faults${wayOf(row)}`,
    columns: ['faults', 'changes of status', 'sessions orphaned, things leaked'],
    rows: [[row.name, result.passages.length, wrong.length]],
    problems: wrong.map((problem) => `${row.name}: ${problem}`),
  };
}

function wayOf({ protocol }: FaultRow): string {
  return protocol === 'whip' ? ', over WHIP' : '';
}

/** The rate below which a broadcast sends next to nothing. */
export interface Quiet {
  readonly name: string;
  readonly kit: BroadcasterOptions;
  readonly mute: readonly ('camera' | 'microphone')[];
}

/** Next to no packets, and none of a picture. */
export const SOUND_ALONE: Quiet = { name: 'sound alone', kit: { camera: false }, mute: [] };

/** Silence, black, both, and sound alone: what a watch for loss is most easily misled by. */
export const QUIET: readonly Quiet[] = [
  { name: 'muted', kit: {}, mute: ['microphone'] },
  { name: 'black', kit: {}, mute: ['camera'] },
  { name: 'muted and black', kit: {}, mute: ['camera', 'microphone'] },
  SOUND_ALONE,
];

/** Sends it for so many minutes: nothing must be taken for a loss. */
export async function soakQuiet(
  stage: Stage,
  { name, kit, mute }: Quiet,
  { minutes, print }: { readonly minutes: number; readonly print: Print },
): Promise<SoakResult> {
  const problems: string[] = [];
  const scene = await stage.goLive({ kit });
  for (const kind of mute) {
    await stage.publisher.evaluate((muted) => window.kit.get().mute(muted), kind);
  }
  const stalls = watchStalls();
  const before = scene.ingest.inspect(scene.streamKey)?.packets ?? 0;
  await pause(minutes * 60_000);
  const packets = (scene.ingest.inspect(scene.streamKey)?.packets ?? 0) - before;
  const journal = await stage.publisher.evaluate(() => window.kit.journal());
  stalls.end();
  const alarms = journal.filter(
    ({ status, at }) => /reconnecting|failed/.test(status) && !stalls.explains(at),
  );
  print(`${name} for ${minutes} minutes: ${packets} packets, ${alarms.length} alarms`);
  if (alarms.length > 0) problems.push(`${name}: ${alarms.length} false alarms`);
  if (packets === 0) problems.push(`${name}: nothing was sent`);
  problems.push(...(await checkNothingStays(scene)));
  return {
    title: 'Quiet sending without a false alarm',
    columns: ['what is sent', 'minutes', 'packets', 'alarms'],
    rows: [[name, minutes, packets, alarms.length]],
    problems,
  };
}

/** One broadcast that stays live, with a fault every so often; what both sides hold at its start and end. */
export async function soakLive(
  stage: Stage,
  given: { readonly minutes: number; readonly everySeconds: number; readonly print: Print },
): Promise<SoakResult> {
  const { minutes, everySeconds, print } = given;
  const faults = FAULT_TABLE.filter(isShort);
  const scene = await stage.goLive({ kit: { timeoutSeconds: 3600 } });
  const problems: string[] = [];
  const strike = async (row: FaultRow) => {
    const result = await runFault(scene, row, FULL);
    print(formatResult(result));
    problems.push(...result.problems.map((problem) => `${row.name}: ${problem}`));
  };
  const [first] = faults;
  if (first === undefined) throw new Error('There is no fault to strike with.');
  // The first of everything stays in caches; it is no leak.
  await strike(first);
  let turn = 0;
  const goOn = async (until: number) => {
    for (; Date.now() < until; turn += 1) {
      const nextAt = Date.now() + everySeconds * 1000;
      await strike(faults[turn % faults.length] ?? first);
      await pause(Math.max(0, Math.min(nextAt, until) - Date.now()));
    }
  };
  const before = await measure(stage, scene);
  const half = Date.now() + minutes * 30_000;
  await goOn(half);
  const halfway = await measure(stage, scene);
  await goOn(half + minutes * 30_000);
  const after = await measure(stage, scene);
  for (const name of MEASURES) {
    const limit = halfway[name] * (1 + SLACK[name].share) + SLACK[name].more;
    // A missing measurement is no proof either.
    if (!(after[name] <= limit))
      problems.push(`${name}: ${halfway[name]} halfway, ${after[name]} at the end`);
  }
  problems.push(...(await checkNothingStays(scene)));
  return {
    title: `Live for ${minutes} minutes, a fault every ${everySeconds} s`,
    columns: ['', 'at the start', 'halfway', 'at the end'],
    rows: MEASURES.map((name) => [name, before[name], halfway[name], after[name]]),
    problems,
  };
}

/** A fault that is over soon, and leaves the page and its stream what they were. */
function isShort({ ends, hides, breaks }: FaultRow): boolean {
  const seconds = breaks.map((blow) => ('seconds' in blow ? blow.seconds : 0));
  return (
    ends === 'live' &&
    hides !== true &&
    Math.max(...seconds) <= 5 &&
    breaks.every((blow) => blow.do !== 'reload')
  );
}

async function playRow(stage: Stage, row: FaultRow) {
  const scene = await stage.goLive(sceneOptions(row, FULL));
  const result = await runFault(scene, row, FULL);
  return { result, wrong: [...result.problems, ...(await checkNothingStays(scene))] };
}

/**
 * How far each measure may be above what it was halfway, when all that fills up is full (statistics
 * are kept for five minutes): a share of it, and so many more. Objects that are counted one by one
 * may not grow.
 */
const SLACK = {
  'page: JS heap, kB': { share: 0.1, more: 512 },
  'page: DOM nodes': { share: 0, more: 10 },
  'page: listeners': { share: 0, more: 5 },
  'page: connections': { share: 0, more: 0 },
  'page: sockets': { share: 0, more: 0 },
  'page: tracks': { share: 0, more: 0 },
  'page: timers': { share: 0, more: 3 },
  'page: workers': { share: 0, more: 0 },
  'ingest: RSS of its process, MB': { share: 0.25, more: 64 },
  'ingest: heap of its process, MB': { share: 0.25, more: 16 },
  'ingest: handles of its process': { share: 0, more: 5 },
  'ingest: peers': { share: 0, more: 0 },
} as const;

type Measure = keyof typeof SLACK;

const MEASURES = Object.keys(SLACK) as readonly Measure[];

async function measure(
  { publisher }: Stage,
  { ingest }: Scene,
): Promise<Readonly<Record<Measure, number>>> {
  // A socket to a server that was away closes only after the browser's own minute.
  await waitUntil(
    'sockets have closed',
    () => publisher.evaluate(() => window.countOutstanding()),
    ({ closing }) => closing === 0,
    { timeoutMs: 90_000 },
  );
  const session = await publisher.context().newCDPSession(publisher);
  await session.send('HeapProfiler.collectGarbage');
  await session.send('Performance.enable');
  const { metrics } = await session.send('Performance.getMetrics');
  await session.detach();
  const metric = (name: string) => metrics.find((each) => each.name === name)?.value ?? Number.NaN;
  const open = await publisher.evaluate(() => window.countOutstanding());
  globalThis.gc?.();
  return {
    'page: JS heap, kB': Math.round(metric('JSHeapUsedSize') / 1024),
    'page: DOM nodes': metric('Nodes'),
    'page: listeners': metric('JSEventListeners'),
    'page: connections': open.connections,
    'page: sockets': open.sockets,
    'page: tracks': open.tracks,
    'page: timers': open.timers + open.intervals,
    'page: workers': open.workers,
    'ingest: RSS of its process, MB': Math.round(process.memoryUsage().rss / 2 ** 20),
    'ingest: heap of its process, MB': Math.round(process.memoryUsage().heapUsed / 2 ** 20),
    'ingest: handles of its process': process.getActiveResourcesInfo().length,
    'ingest: peers': ingest.openPeers,
  };
}

/** The median and the worst of what was measured; `null` where nothing was. */
function spread(values: readonly (number | null)[]): Figure | null {
  const known = values.filter((value) => value !== null).sort((left, right) => left - right);
  const median = known[Math.floor((known.length - 1) / 2)];
  const worst = known.at(-1);
  return median === undefined || worst === undefined ? null : { median, worst };
}

function cells(measured: Figure | null): readonly (string | number)[] {
  return measured === null ? ['–', '–'] : [measured.median, measured.worst];
}

function tooSlow(what: string, measured: Figure | null, figure: Figure | undefined): string[] {
  if (figure === undefined) return [];
  if (measured === null) return [`${what}: never`];
  return (['median', 'worst'] as const)
    .filter((which) => measured[which] > figure[which])
    .map((which) => `${what} after ${measured[which]} ms (${which}), not ${figure[which]} ms`);
}
