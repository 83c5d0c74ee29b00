import { inputDueAt, previousSessionAt } from './connection/previous-session.js';
import { GHOST_MS } from './connection/reconnect-policy.js';
import { isTaken, standingOf } from './connection/stream-status.js';
import { selectOutgoing } from './select-outgoing.js';
import type { BroadcasterState } from './state.js';

/** How long an ingest waits where nothing else is known. */
const DEFAULT_TIMEOUT_SECONDS = 120;

/** When the next attempt starts, in epoch milliseconds; `null` while none is due. */
export function selectRetryAt({ connection }: BroadcasterState): number | null {
  const waiting = connection.status === 'idle' ? connection.preparation : stepOf(connection);
  if (waiting === null || waiting.phase !== 'waiting') return null;
  return Number.isFinite(waiting.nextTryAt) ? waiting.nextTryAt : null;
}

/** When a session that did not heal is replaced, in epoch milliseconds; `null` while none is held. */
export function selectReplacementAt({ connection }: BroadcasterState): number | null {
  const step = stepOf(connection);
  return step?.phase === 'healing' ? step.replaceAt : null;
}

/**
 * Since when the ingest waits for media to come back, in epoch milliseconds; `null` while it comes,
 * and while nothing is begun.
 */
export function selectLostAt({
  connection,
  target,
  previousSession,
}: BroadcasterState): number | null {
  if (connection.status === 'reconnecting') return connection.interruption.windowFrom;
  if (connection.status !== 'connecting') return null;
  return previousSessionAt(target, previousSession, connection.since)?.at ?? null;
}

/**
 * When the ingest stops forgiving the present interruption, in epoch milliseconds; a page that is
 * left while it goes live may take as long to come back.
 */
export function selectWindowEndsAt({
  connection,
  target,
  stream,
}: BroadcasterState): number | null {
  const from = windowFromOf(connection);
  if (from === null) return null;
  // An app that takes its URL away while live leaves the ingest's rule as it was.
  const seconds = target.status === 'set' ? target.timeoutSeconds : DEFAULT_TIMEOUT_SECONDS;
  // It counts from when it noticed, so what its server calls running by then may still be resumed.
  const lateMs = standingOf(stream.word) === 'running' ? GHOST_MS : 0;
  return from + seconds * 1000 + lateMs;
}

function windowFromOf(connection: BroadcasterState['connection']): number | null {
  if (connection.status === 'connecting') {
    return connection.step.phase === 'away' ? connection.triedSince : null;
  }
  const isInterrupted =
    connection.status === 'reconnecting' && connection.step.phase !== 'renewing';
  return isInterrupted ? connection.interruption.windowFrom : null;
}

/**
 * When the stream last had our media, for the page that comes after one that is left at `now`: both
 * in epoch milliseconds; `null` where there is nothing to go on with.
 */
export function selectLeftAt(state: BroadcasterState, now: number): number | null {
  const { status } = state.connection;
  if (status === 'live') return now;
  const isCutOff =
    status === 'reconnecting' || (status === 'connecting' && selectIsRepublish(state, now));
  return isCutOff ? selectLostAt(state) : null;
}

/** Whether a name that is taken at `now` is most likely held by a lost session of this broadcast. */
export function selectIsRepublish(
  { connection, target, previousSession }: BroadcasterState,
  now: number,
): boolean {
  if (connection.status === 'reconnecting') return connection.interruption.renewal !== 'fresh';
  const past = previousSessionAt(target, previousSession, now);
  return past?.wasCutOff === true && now < (inputDueAt(target, past) ?? 0);
}

/** Whether another source is live on the stream, as far as the app passes on what its server says. */
export function selectIsTaken({
  stream,
  target,
  previousSession,
}: Pick<BroadcasterState, 'stream' | 'target' | 'previousSession'>): boolean {
  return isTaken(stream, target, previousSession);
}

/** Whether the quality depends on what is measured: until it has ramped up, and to follow the machine. */
export function selectNeedsStats(state: BroadcasterState): boolean {
  const { isRampedUp, asked } = state.quality;
  return !isRampedUp || (asked.adaptToMachine && selectOutgoing(state).video.status === 'on');
}

function stepOf(connection: BroadcasterState['connection']) {
  return 'step' in connection ? connection.step : null;
}
