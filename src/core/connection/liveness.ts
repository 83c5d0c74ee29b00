import type { Traffic } from '../peer/traffic.js';

/** The time between two looks at the traffic, in milliseconds. */
export const LOOK_EVERY_MS = 250;

/** A page whose own timers are late learns little from one look, however long it took. */
const MOST_OF_ONE_LOOK_MS = 2 * LOOK_EVERY_MS;
const FLOOR_MS = 1_000;
const CEILING_MS = 5_000;
const GAPS_TO_ALARM = 3;
/** An ingest that came in at every look for so long speaks all the time, whatever is sent. */
const STEADY_MS = 1_000;
/** How long any other may be silent: reports of sound alone are up to 7.5 s apart (RFC 3550 section 6.2). */
const QUIET_MS = 10_000;
/** A browser that says that nobody answers its checks has waited at least this long. */
const UNANSWERED_MS = 5_000;
/** A healthy silence is remembered for one to two of these. */
const MEMORY_MS = 60_000;

/**
 * How an ingest answers on the path for media: pure, one step a look.
 *
 * How long a silence has to last is learnt from the path while it is healthy: about a second where
 * something comes in all the time, ten where reports are rare; where an ingest sends none at all, its
 * answers to the browser's checks of the path stand in for them. Only looks that ran count, so that a
 * page whose timers are late, or one that sends nothing, is not mistaken for a dead path. The
 * browser's own news of the network is never believed alone: it halves the time that a silence
 * needs, and explains it.
 */
export interface Liveness {
  /** When the last look was, on the clock of the looks; `null` before the first. */
  readonly at: number | null;
  readonly traffic: Traffic | null;
  /** Whether anything but answers to checks ever came in. */
  readonly hasReceived: boolean;
  /** For how long something came in at every look, up to what makes an ingest a steady one for good. */
  readonly steadyMs: number;
  /** Whether a silence has ended by itself; before that, one that was heard is taken for a steady one. */
  readonly hasPaused: boolean;
  /** For how long packets left and none came back, as the looks that ran can tell. */
  readonly silentMs: number;
  /** The longest silence of a healthy path, in this stretch of the memory and the one before. */
  readonly longestMs: number;
  readonly longestBeforeMs: number;
  readonly stretchFrom: number;
  /** A silence that was an alarm and ended by itself, 0 for none; two of them are how this ingest is. */
  readonly healedMs: number;
}

/** Nothing was heard yet. */
export const NEVER_LOOKED: Liveness = {
  at: null,
  traffic: null,
  hasReceived: false,
  steadyMs: 0,
  hasPaused: false,
  silentMs: 0,
  longestMs: 0,
  longestBeforeMs: 0,
  stretchFrom: 0,
  healedMs: 0,
};

/** The liveness after a look at `at`; `wasAlarm` says whether the silence so far was an alarm. */
export function livenessAfter(
  before: Liveness,
  {
    at,
    traffic,
    wasAlarm,
  }: { readonly at: number; readonly traffic: Traffic; readonly wasAlarm: boolean },
): Liveness {
  const known = { ...forgetting(before, at), at, traffic };
  if (before.traffic === null || before.at === null) return known;
  const lookMs = Math.min(at - before.at, MOST_OF_ONE_LOOK_MS);
  const liveness = { ...known, ...rhythm(before, traffic, lookMs) };
  if (hasAnswered(before, traffic)) {
    const ended = { ...liveness, silentMs: 0 };
    if (!wasAlarm) {
      return { ...ended, longestMs: Math.max(liveness.longestMs, before.silentMs) };
    }
    // How long a way out is dead says nothing of how often the ingest speaks.
    if (!before.traffic.isAnswered) return ended;
    return {
      ...ended,
      healedMs: before.silentMs,
      longestMs: Math.max(liveness.longestMs, Math.min(before.healedMs, before.silentMs)),
    };
  }
  if (!traffic.isAnswered && before.traffic.isAnswered) {
    return { ...liveness, silentMs: Math.max(before.silentMs, UNANSWERED_MS) };
  }
  // Nothing comes back while nothing is sent.
  if (traffic.sent === before.traffic.sent) return liveness;
  return { ...liveness, silentMs: before.silentMs + lookMs };
}

/**
 * Whether something came back since the last look, of a path whose other end answers. Of an ingest
 * that speaks all the time an answer to a check is not enough: its media may go nowhere.
 */
export function hasAnswered(liveness: Liveness, now: Traffic): boolean {
  const { traffic: before } = liveness;
  if (before === null || !now.isAnswered) return false;
  return (
    now.received !== before.received || (!isSteady(liveness) && now.answers !== before.answers)
  );
}

/** Whether the silence is longer than this ingest's own; a path in doubt has half the time. */
export function isAlarming(liveness: Liveness, inDoubt: boolean): boolean {
  const { silentMs, traffic } = liveness;
  if (traffic?.isAnswered === false) return true;
  const limitMs = patienceMs(liveness);
  return silentMs >= (inDoubt ? limitMs / 2 : limitMs);
}

/** Whether nothing is silent that could become an alarm. */
export function isWell(liveness: Liveness): boolean {
  return liveness.silentMs === 0 || patienceMs(liveness) === Number.POSITIVE_INFINITY;
}

function patienceMs(liveness: Liveness): number {
  const { longestMs, longestBeforeMs, hasReceived, traffic } = liveness;
  if (isSteady(liveness)) {
    const learntMs = GAPS_TO_ALARM * Math.max(longestMs, longestBeforeMs);
    return Math.min(Math.max(FLOOR_MS, learntMs), CEILING_MS);
  }
  // Where even answers are not counted, only the browser can say that they stay away.
  return hasReceived || traffic?.answers ? QUIET_MS : Number.POSITIVE_INFINITY;
}

function isSteady({ steadyMs, hasPaused }: Liveness): boolean {
  return hasPaused ? steadyMs >= STEADY_MS : steadyMs > 0;
}

/** Learns from one look how often this ingest speaks. */
function rhythm(
  before: Liveness,
  { received }: Traffic,
  lookMs: number,
): Partial<Pick<Liveness, 'hasReceived' | 'steadyMs' | 'hasPaused'>> {
  const { steadyMs, silentMs } = before;
  if (steadyMs >= STEADY_MS) return {};
  const came = received !== before.traffic?.received;
  const hasPaused = before.hasPaused || (came && silentMs > 0);
  return {
    hasReceived: before.hasReceived || came,
    hasPaused,
    steadyMs: came && silentMs === 0 ? steadyMs + lookMs : hasPaused ? 0 : steadyMs,
  };
}

function forgetting(liveness: Liveness, at: number): Liveness {
  if (liveness.at === null) return { ...liveness, stretchFrom: at };
  if (at - liveness.stretchFrom < MEMORY_MS) return liveness;
  return {
    ...liveness,
    stretchFrom: at,
    longestBeforeMs: liveness.longestMs,
    longestMs: 0,
    healedMs: 0,
  };
}
