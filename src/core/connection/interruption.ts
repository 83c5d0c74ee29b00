import type { BroadcastError } from '../errors.js';
import { familyOf, isFinal } from '../errors.js';
import type { Stamp } from '../foundation/stamp.js';
import type {
  Connection,
  Interruption,
  InterruptionCause,
  Live,
  Reconnecting,
  ResumeStep,
} from './connection.js';
import { expired, refusedForGood, resumeExpired, streamRefused } from './give-up.js';
import type { ConnectionContext, EventOf, Handlers } from './handlers.js';
import { ENDING } from './handlers.js';
import type { Network } from './network.js';
import { HEAL, OFFLINE_RETRY_MS, REFUSED, refusedDelayMs, waiting } from './reconnect-policy.js';
import { signaling } from './starting.js';
import { standingOf } from './stream-status.js';

/** How each cause of an interruption affects the session. */
export const CAUSES: Readonly<Record<InterruptionCause, CauseTraits>> = {
  'socket-closed': { isKnownToServer: true, healMs: HEAL.explainedMs },
  'path-failed': { isKnownToServer: false, healMs: HEAL.explainedMs },
  silence: { isKnownToServer: false, healMs: HEAL.unexplainedMs },
  'page-left': { isKnownToServer: false, healMs: HEAL.explainedMs },
  'source-added': { isKnownToServer: true, healMs: HEAL.explainedMs },
  offline: { isKnownToServer: false, healMs: HEAL.explainedMs },
  'network-changed': { isKnownToServer: false, healMs: HEAL.explainedMs },
  'woke-up': { isKnownToServer: false, healMs: HEAL.explainedMs },
};

interface CauseTraits {
  /** Whether the server ended the session itself, or was told of the end: it holds none of ours. */
  readonly isKnownToServer: boolean;
  /** How long the session may heal by itself once its ingest answers, in milliseconds. */
  readonly healMs: number;
}

/** Handlers for an interruption, whether or not the old session is still in place. */
export const INTERRUPTED = {
  ...ENDING,
  'window-closed': (connection, event, { target }) =>
    connection.step.phase === 'renewing'
      ? connection
      : expired(connection, resumeExpired(connection.interruption.error), event, target),
  // A stream that its server calls over is not waited for any longer.
  'stream-told': (connection, event, { target }) => {
    const { step, interruption } = connection;
    const isOver = standingOf(event.word) === 'over';
    if (!isOver || step.phase === 'renewing' || interruption.renewal === 'fresh') return connection;
    return expired(connection, resumeExpired(interruption.error), event, target);
  },
  'page-left': (connection) =>
    // The app is already handing over a stream. Do not ask twice.
    connection.step.phase === 'renewing' ? connection : { ...connection, step: { phase: 'away' } },
  'network-offline': (connection) => amended(connection, { cause: 'offline' }),
  'woke-up': (connection, event) => wokeUp(connection, event),
} satisfies Handlers<Reconnecting>;

/** A broadcast that was live is not any more; what was noticed within seconds of an interruption belongs to it. */
export function interrupted(
  { since, recoveringFrom }: Live,
  noticed: {
    readonly lostAt: number;
    readonly cause: InterruptionCause;
    readonly error: BroadcastError;
  },
  step: ResumeStep,
): Connection {
  const interruption: Interruption =
    recoveringFrom === null
      ? { ...noticed, attempt: 0, refusals: 0, windowFrom: noticed.lostAt, renewal: 'none' }
      : { ...recoveringFrom, cause: noticed.cause, error: noticed.error };
  return { status: 'reconnecting', since, interruption, step };
}

/** A connection that is being brought back, with `change` made to its interruption. */
export function amended<State extends Reconnecting>(
  connection: State,
  change: Partial<Interruption>,
): State {
  return { ...connection, interruption: { ...connection.interruption, ...change } };
}

/** Media flows again; the budget of the interruption is given back only after a while. */
export function liveAgain(
  { since, interruption: recoveringFrom }: Reconnecting,
  { sessionId, sent }: EventOf<'session-live' | 'session-alive'>,
): Connection {
  return { status: 'live', since, sessionId, sent, recoveringFrom };
}

/** Replaces what is left of the old session by a new one, which counts as an attempt. */
export function publishAnew(
  connection: Reconnecting,
  event: Stamp,
  network: Network,
): Reconnecting {
  const attempt = connection.interruption.attempt + (network.online ? 1 : 0);
  return { ...amended(connection, { attempt }), step: signaling(event) };
}

/** The machine slept: what was noticed since it fell asleep may have happened then. */
export function wokeUp<State extends Reconnecting>(
  connection: State,
  { sleptFrom }: EventOf<'woke-up'>,
): State {
  const { interruption, since } = connection;
  if (interruption.lostAt <= sleptFrom || sleptFrom < since) return connection;
  const windowFrom = interruption.renewal === 'none' ? sleptFrom : interruption.windowFrom;
  return amended(connection, { lostAt: sleptFrom, windowFrom });
}

/**
 * A clock that jumped to the end of the window, for the machine slept or somebody set it, tells
 * nothing of the stream: the server is asked, for as long as it may still hold the old session, or half a short window. Once
 * in an interruption, because the clock of a page that gets no time to run jumps again and again.
 */
export function withTimeToAsk(
  connection: Connection,
  { at }: Stamp,
  { target }: ConnectionContext,
): Connection {
  if (connection.status !== 'reconnecting' || target.status !== 'set') return connection;
  const { interruption } = connection;
  const windowMs = target.timeoutSeconds * 1000;
  const windowFrom = at - Math.max(windowMs / 2, windowMs - REFUSED.ghostGoneMs);
  const isInTime =
    interruption.windowFrom > interruption.lostAt || interruption.windowFrom >= windowFrom;
  return isInTime ? connection : amended(connection, { windowFrom });
}

/** After an attempt to resume, or the old session, ended with an error. */
export function resumeFailed(
  connection: Reconnecting,
  event: EventOf<'session-ended'>,
  { network, target }: ConnectionContext,
): Connection {
  const { error } = event;
  if (isFinal(error)) return refusedForGood(connection, error, event, target);
  const { interruption } = connection;
  const refusals = familyOf(error) === 'refusal' ? interruption.refusals + 1 : 0;
  // An address that has expired is refused whatever the server still holds.
  const knows = CAUSES[interruption.cause].isKnownToServer || error.code === 'address-expired';
  const isGhostGone = knows || event.at - interruption.lostAt >= REFUSED.ghostGoneMs;
  if (refusals < REFUSED.times || !isGhostGone) {
    const step = waiting(event, error, interruption.attempt, network);
    return { ...amended(connection, { refusals, error }), step };
  }
  const cause = streamRefused(error);
  const known = amended(connection, { refusals, error: cause });
  const isRenewable =
    target.status === 'set' && target.isRenewable && interruption.renewal === 'none';
  // The clock says that the window is over, and now the server does.
  const isOver = knows || interruption.windowFrom > interruption.lostAt;
  if (isOver && isRenewable) return expired(known, cause, event, target);
  const delayMs = network.online ? refusedDelayMs(refusals, event.random) : OFFLINE_RETRY_MS;
  return { ...known, step: { phase: 'waiting', nextTryAt: event.at + delayMs, cause } };
}
