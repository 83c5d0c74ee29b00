import type { HealthLimit, HealthReason, JudgedReason } from './health-limits.js';
import { EXPLAINED_BY, HEALTH_LIMITS } from './health-limits.js';
import type { HealthContext } from './health-measures.js';
import { measureHealth } from './health-measures.js';
import type { StatsSample } from './sample.js';

/**
 * How well the broadcast reaches its viewers; `unknown` until enough was measured, `muted` while
 * nothing is sent because the person wants it so.
 */
export type HealthLevel = 'excellent' | 'good' | 'fair' | 'poor' | 'stalled' | 'muted' | 'unknown';

/** The verdict. Equal verdicts are the same object. */
export interface Health {
  readonly level: HealthLevel;
  /** The problems that viewers would notice, the worst first; empty from `good` up. */
  readonly reasons: readonly HealthReason[];
}

/** How far back the verdict looks, in samples: enough for every rule to have its say. */
const LOOK_BACK = 30;

/** Samples further apart than this have something between them that was not seen. */
const TORN_MS = 500;

const LEVELS = ['excellent', 'good', 'fair', 'poor'] as const;

const JUDGED_REASONS = Object.keys(HEALTH_LIMITS) as readonly JudgedReason[];
const HEALTH_REASONS = Object.keys(EXPLAINED_BY) as readonly HealthReason[];

/** From this grade on viewers notice, and a reason is named. */
const NOTICED = 2;

/**
 * The verdict on the newest of `samples`, given oldest first. A cause has to last before it counts,
 * and to be gone for longer before it is forgotten, so that the verdict does not flicker; what is
 * not known is not judged.
 */
export function assessHealth(samples: readonly StatsSample[], context: HealthContext): Health {
  const recent = unbroken(samples.slice(-LOOK_BACK));
  const measured = recent.map((sample) => measureHealth(sample, context));
  if (context.isSilent ?? isSilent(recent)) return health('stalled', ['no-answer']);

  const grades = new Map<JudgedReason, number>();
  for (const reason of JUDGED_REASONS) {
    const limit = HEALTH_LIMITS[reason];
    const grade = steadyGrade(limit, newestRun(measured.map((measures) => measures[reason])));
    if (grade !== undefined) grades.set(reason, grade);
  }
  if (grades.size === 0) return health('unknown', []);
  const worst = Math.max(...grades.values());
  const noticed = new Map([...grades].filter(([, grade]) => grade >= NOTICED));
  return health(LEVELS[worst] ?? 'poor', causesOf(noticed));
}

/** The samples since the last gap: another connection, a machine that slept, a clock that was set. */
function unbroken(samples: readonly StatsSample[]): readonly StatsSample[] {
  let start = 0;
  for (const [index, sample] of samples.entries()) {
    const before = samples[index - 1];
    if (before === undefined) continue;
    const gap = sample.at - (sample.intervalMs ?? 0) - before.at;
    if (gap > TORN_MS || sample.at < before.at) start = index;
  }
  return samples.slice(start);
}

/**
 * Measured on OvenMediaEngine: something arrives every 50 to 200 ms whatever is sent, over UDP and
 * over TCP, so 1.5 s of nothing is no accident; and the browser itself says so only after 5 to 18 s.
 */
const SILENCE = { shortestMs: 1_500, timesUsual: 3 } as const;

/**
 * Whether the ingest has gone quiet. Some are quieter than others by nature, so a silence is
 * measured against what this connection was like before it.
 */
function isSilent(samples: readonly StatsSample[]): boolean {
  let silentMs = 0;
  const usual: number[] = [];
  for (const { silentMs: ms = 0, intervalMs = 0 } of samples) {
    const heardNothing = ms > 0 && ms >= intervalMs;
    // A browser that does not say since when may at least say that nothing came this time.
    silentMs = heardNothing ? Math.max(ms, silentMs + intervalMs) : ms;
    if (!heardNothing) usual.push(ms);
  }
  return silentMs >= Math.max(SILENCE.shortestMs, SILENCE.timesUsual * medianOf(usual));
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/**
 * The measures since two in a row were missing: what a muted microphone was like before is over, and
 * a single second may go unmeasured.
 */
function newestRun(measures: readonly (number | undefined)[]): readonly number[] {
  const gap = measures.findLastIndex(
    (measure, index) => measure === undefined && measures[index - 1] === undefined,
  );
  return measures.slice(gap + 1).filter((measure) => measure !== undefined);
}

/**
 * The grade of one reason, 0 (nothing) to 3. It rises to what its last `worsensAfter` measures all
 * reached, and falls to the worst of the last `recoversAfter`. `undefined` while too few are known.
 */
function steadyGrade(limit: HealthLimit, measures: readonly number[]): number | undefined {
  const { from, worsensAfter, recoversAfter } = limit;
  if (measures.length < worsensAfter) return undefined;
  const grades = measures.map(
    (measure) => from.findLastIndex((least) => least !== null && measure >= least) + 1,
  );
  let steady = 0;
  for (let end = worsensAfter; end <= grades.length; end += 1) {
    const lowest = Math.min(...grades.slice(end - worsensAfter, end));
    const highest = Math.max(...grades.slice(Math.max(0, end - recoversAfter), end));
    steady = Math.min(Math.max(steady, lowest), highest);
  }
  return steady;
}

/** The reasons that no other one explains, the worst first. */
function causesOf(grades: ReadonlyMap<HealthReason, number>): readonly HealthReason[] {
  return HEALTH_REASONS.filter(
    (reason) => grades.has(reason) && !EXPLAINED_BY[reason].some((cause) => grades.has(cause)),
  ).sort((left, right) => (grades.get(right) ?? 0) - (grades.get(left) ?? 0));
}

const verdicts = new Map<string, Health>();

/** The verdict of this level, for these reasons. */
export function health(level: HealthLevel, reasons: readonly HealthReason[]): Health {
  const key = [level, ...reasons].join();
  const verdict = verdicts.get(key) ?? { level, reasons };
  verdicts.set(key, verdict);
  return verdict;
}
