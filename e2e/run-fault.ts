import { setTimeout as pause } from 'node:timers/promises';
import type { Page } from '@playwright/test';
import type { IngestOptions } from '../ingest/index.js';
import { CLIP_SIZE } from './clip.js';
import type { Scene, SceneOptions } from './fault-stage.js';
import type { Blow, FaultRow, PageCondition } from './fault-table.js';
import { watchMedia } from './media-watch.js';
import type { Outstanding } from './outstanding.js';
import type { Passage } from './pages/core.js';
import type { StallWatch } from './stall-watch.js';
import { watchStalls } from './stall-watch.js';
import { waitUntil } from './wait-until.js';

/** The result of a row of the fault table. Durations are milliseconds. */
export interface FaultResult {
  readonly name: string;
  /** The expectations that failed; empty if the row passed. */
  readonly problems: readonly string[];
  /** From the first blow until the status said so; `null` if it never did. */
  readonly noticedMs: number | null;
  /** From the moment it was mended (or, for what happens once, from the blow) until media came in again. */
  readonly recoveredMs: number | null;
  /** The longest freeze that the viewer saw, and the pictures missed in it. */
  readonly freezeMs: number;
  readonly freezeFrames: number;
  /** Every status since the first blow, with its cause. */
  readonly passages: readonly Passage[];
}

const WINDOW_SECONDS = 120;
/** No assertion about speed: only how long a thing is waited for that may never come. */
const PATIENCE_MS = 60_000;
/** How many times slower the scripts of a starved page run. */
const STARVED_RATE = 6;

/** Options for both sides of a row, at full length or at the row's own scale. */
export function sceneOptions(
  row: FaultRow,
  { scaled }: { readonly scaled: boolean },
): SceneOptions {
  const timeScale = scaleOf(row, scaled);
  const windowSeconds = row.windowSeconds ?? WINDOW_SECONDS;
  const { congestionControl = 'remb', protocol = 'ome', proxyIdleSeconds } = row;
  const ingest: IngestOptions = {
    timeScale,
    resumeTimeoutSeconds: windowSeconds,
    congestionControl,
  };
  const proxy = proxyIdleSeconds === undefined ? {} : { proxyIdleMs: proxyIdleSeconds * 1000 };
  return { ...proxy, protocol, ingest, kit: { timeoutSeconds: windowSeconds / timeScale } };
}

/** Deals one row's blows to a broadcast that is live, waits until it is over, and looks at what is left. */
export async function runFault(
  scene: Scene,
  row: FaultRow,
  { scaled }: { readonly scaled: boolean },
): Promise<FaultResult> {
  const { stage, ingest, streamKey } = scene;
  const { publisher, viewer } = stage;
  const problems: string[] = [];
  const check = async (what: Promise<unknown>) => {
    await what.catch((thrown: unknown) => problems.push(messageOf(thrown)));
  };
  const report = () => ingest.inspect(streamKey);
  const open = await publisher.evaluate(() => window.countOutstanding());
  const before = report()?.sessions ?? 0;
  const media = watchMedia(ingest, streamKey);
  const stalls = watchStalls();
  const brokenAt = Date.now();
  for (const blow of row.breaks) await deal(scene, blow, scaleOf(row, scaled));
  const mendedAt = mendsItself(row) ? brokenAt : Date.now();

  const journal = () => publisher.evaluate(() => window.kit.journal());
  const endsLive = row.ends === 'live';
  const windowMs = ((row.windowSeconds ?? WINDOW_SECONDS) * 1000) / scaleOf(row, scaled);
  await check(
    waitUntil(
      `the broadcast is ${endsLive ? 'live' : 'failed'}`,
      async () => ({ last: (await journal()).at(-1), lastAt: media.lastAt }),
      ({ last, lastAt }) =>
        endsLive
          ? last?.status === 'live' && lastAt > Math.max(mendedAt, last.at)
          : last?.status === 'failed' && last.code === row.ends,
      { timeoutMs: endsLive ? PATIENCE_MS : PATIENCE_MS + windowMs },
    ),
  );
  if (endsLive) {
    const seen = await viewer.evaluate(() => window.viewer.seen);
    await check(
      waitUntil(
        'the viewer sees it go on',
        () => viewer.evaluate(() => window.viewer.seen),
        (now) => now > seen + 15,
      ),
    );
  }
  const passages = (await journal()).filter(({ at }) => at >= brokenAt);
  stalls.end();
  const isAboutSilence = row.noticedBy?.includes('silence') === true;
  problems.push(...wrongStatus(row, isAboutSilence ? passages : withoutStalls(passages, stalls)));
  await check(
    waitUntil(
      endsLive ? 'exactly one session at the ingest' : 'no session at the ingest',
      () => ({ ...pick(report()), peers: ingest.openPeers }),
      ({ publishing, viewers, peers }) =>
        publishing === endsLive && peers === viewers + (endsLive ? 1 : 0),
    ),
  );
  const sessions = (report()?.sessions ?? 0) - before;
  if (row.session === 'same' && sessions > 0) problems.push(`${sessions} new sessions`);
  if (row.session === 'new' && sessions === 0) problems.push('no new session');
  await check(
    waitUntil(
      'no more open in the page than before',
      () => publisher.evaluate(() => window.countOutstanding()),
      (now) => sameThings(now, endsLive ? open : { ...stage.idle, tracks: open.tracks }),
    ),
  );
  problems.push(...stage.pageErrors);
  media.end();
  const silence = media.silenceAt(mendedAt);
  const freeze = await viewer.evaluate((since) => window.viewer.longestFreeze(since), brokenAt);
  const freezeMs = Math.round((freeze.to ?? Date.now()) - freeze.from);
  return {
    name: row.name,
    problems,
    noticedMs: since(
      brokenAt,
      passages.find(({ status }) => /reconnecting|failed/.test(status))?.at,
    ),
    recoveredMs: silence === null ? 0 : since(mendedAt, silence.to ?? undefined),
    freezeMs,
    freezeFrames: opensCameraAgain(row)
      ? Math.round((freezeMs * CLIP_SIZE.frameRate) / 1000)
      : freeze.frames,
    passages,
  };
}

/** Ends the broadcast of a row, and says what it has left behind. */
export async function checkNothingStays(scene: Scene): Promise<readonly string[]> {
  const { stage, ingest } = scene;
  const problems: string[] = [];
  await scene.leave();
  if (ingest.openPeers > 0) problems.push(`${ingest.openPeers} peers stay open at the ingest`);
  await waitUntil(
    'nothing stays open in the page',
    () => stage.publisher.evaluate(() => window.countOutstanding()),
    (now) => JSON.stringify({ ...now, closing: 0 }) === JSON.stringify(stage.idle),
  ).catch((thrown: unknown) => problems.push(messageOf(thrown)));
  return problems;
}

/** One line that says how a row went. */
export function formatResult({ name, problems, ...result }: FaultResult): string {
  const { noticedMs, recoveredMs, freezeMs, freezeFrames, passages } = result;
  const noticed = noticedMs === null ? 'never reconnecting' : `noticed ${noticedMs} ms`;
  const recovered = recoveredMs === null ? 'media never came back' : `recovered ${recoveredMs} ms`;
  const way = passages.map(({ status, code, cause }) => {
    const why = [cause, code].filter((word) => word !== null);
    return why.length === 0 ? status : `${status} (${why.join(', ')})`;
  });
  const wrong = problems.length === 0 ? '' : `; WRONG: ${problems.join('; ')}`;
  return `${name}: ${noticed}, ${recovered}, viewer missed ${freezeFrames} frames (${freezeMs} ms); ${way.join(' > ')}${wrong}`;
}

async function deal(scene: Scene, blow: Blow, scale: number): Promise<void> {
  const { ingest, streamKey, stage } = scene;
  const { publisher } = stage;
  const last = (seconds: number) => pause((seconds * 1000) / scale);
  switch (blow.do) {
    case 'wait':
      return last(blow.seconds);
    case 'cut': {
      // From before the cut: making it and taking it away take as long.
      const over = last(blow.seconds);
      await scene.cut(blow.what);
      await over;
      return scene.heal();
    }
    case 'fault': {
      // Of the session, or, of those to come, of everything: the two do not replace each other.
      const { kind } = blow.fault;
      const ofSession = kind === 'cut-socket' || kind === 'drop-session' || kind === 'cut-media';
      return ingest.setFault(blow.fault, ofSession ? streamKey : undefined);
    }
    case 'mend':
      return ingest.setFault(null);
    case 'restart':
      return ingest.restart({ downForMs: (blow.seconds * 1000) / scale });
    case 'move-address':
      return scene.moveAddress();
    case 'rebind':
      return scene.rebind();
    case 'be-judged': {
      const { reasons, atMostKbps } = blow;
      await waitUntil(
        `the verdict names ${reasons.join(' or ')}, and the picture is smaller`,
        () =>
          publisher.evaluate(() => ({
            named: window.kit.health().reasons,
            kbps: (window.kit.sample()?.videoBitsPerSecond ?? Infinity) / 1000,
          })),
        ({ named, kbps }) => reasons.some((one) => named.includes(one)) && kbps <= atMostKbps,
      );
      return;
    }
    case 'reload':
      return scene.reload();
    case 'page': {
      const restore = await putPage(publisher, blow.is);
      for (const each of blow.during ?? []) await deal(scene, each, scale);
      await last(blow.seconds);
      return restore();
    }
  }
}

/** Puts the page into a bad way; returns how to get it out again. */
async function putPage(page: Page, is: PageCondition): Promise<() => Promise<void>> {
  const context = page.context();
  if (is === 'hidden') {
    const front = await context.newPage();
    await front.bringToFront();
    const state = () => page.evaluate(() => document.visibilityState);
    await waitUntil('the page is hidden', state, (now) => now === 'hidden');
    return async () => {
      await front.close();
      await page.bringToFront();
    };
  }
  const session = await context.newCDPSession(page);
  if (is === 'starved') {
    await session.send('Emulation.setCPUThrottlingRate', { rate: STARVED_RATE });
  } else {
    // A page with a call in it is never frozen by the browser itself; the debugger stops any.
    await session.send('Debugger.enable');
    await session.send('Debugger.pause');
  }
  return async () => {
    if (is === 'starved') await session.send('Emulation.setCPUThrottlingRate', { rate: 1 });
    // Detaching lets go of what was paused, or was yet to be.
    else await session.send('Debugger.disable');
    await session.detach();
  };
}

const MENDS_ITSELF: ReadonlySet<Blow['do']> = new Set(['move-address', 'rebind', 'fault']);

/** Whether the row only strikes: nothing has to be mended before the broadcast can come back. */
function mendsItself({ breaks }: FaultRow): boolean {
  return breaks.every(({ do: what }) => MENDS_ITSELF.has(what));
}

/** Then the clip starts from its first frame, and only the clock tells how many were missed. */
function opensCameraAgain({ breaks }: FaultRow): boolean {
  return breaks.some(({ do: what }) => what === 'reload');
}

/** Without the silences that were over before anything else happened, and that the ingest itself made. */
function withoutStalls(passages: readonly Passage[], stalls: StallWatch): readonly Passage[] {
  const isStall = (passage: Passage | undefined, next: Passage | undefined) =>
    passage?.cause === 'silence' && next?.status === 'live' && stalls.explains(passage.at);
  return passages.filter(
    (passage, index) =>
      !isStall(passage, passages[index + 1]) && !isStall(passages[index - 1], passage),
  );
}

/** The failed expectations of the status and of the cause that it names. */
function wrongStatus({ status, noticedBy }: FaultRow, passages: readonly Passage[]): string[] {
  if (status === 'unbroken' && passages.length > 0) return ['the status left live'];
  if (status.startsWith('broken') && passages.length === 0) return ['the status stayed live'];
  const breaks = passages.filter(({ status: now }, index) => {
    return now === 'reconnecting' && passages[index - 1]?.status !== now;
  });
  if (status === 'broken-once' && breaks.length > 1)
    return [`the status left live ${breaks.length} times`];
  const named = passages.find(({ cause }) => cause !== null)?.cause ?? null;
  if (noticedBy === undefined || named === null || noticedBy.includes(named)) return [];
  return [`the cause named is ${named}, not ${noticedBy.join(' or ')}`];
}

function scaleOf({ scale = 1 }: FaultRow, scaled: boolean): number {
  return scaled ? scale : 1;
}

/** Timers come and go while live; the rest does not. */
function sameThings(now: Outstanding, before: Outstanding): boolean {
  const kinds = ['connections', 'sockets', 'tracks', 'audioContexts', 'workers'] as const;
  return kinds.every((kind) => now[kind] === before[kind]);
}

function pick(report: ReturnType<Scene['ingest']['inspect']>) {
  return { publishing: report?.publishing ?? false, viewers: report?.viewers ?? 0 };
}

function since(start: number, end: number | undefined): number | null {
  return end === undefined ? null : Math.max(0, Math.round(end - start));
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
