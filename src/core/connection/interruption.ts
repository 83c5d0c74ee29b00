import type { BroadcastError } from '../errors.js';
import { familyOf, isFinal } from '../errors.js';
import type { Stamp } from '../foundation/stamp.js';
import type { Connection, Gap, Live, Reconnecting, ResumeStep, Trouble } from './connection.js';
import { expired, refusedForGood, resumeExpired, streamRefused } from './give-up.js';
import type { ConnectionContext, EventOf, Handlers } from './handlers.js';
import { ENDING } from './handlers.js';
import type { Network } from './network.js';
import { HEAL, OFFLINE_RETRY_MS, REFUSED, refusedDelayMs, waiting } from './reconnect-policy.js';
import { signaling } from './starting.js';
import { standingOf } from './stream-status.js';

/** What each kind of interruption means to the session that it befell. */
export const TROUBLES: Readonly<Record<Trouble, TroubleTraits>> = {
  'socket-closed': { isKnownToServer: true, healMs: HEAL.explainedMs },
  'path-failed': { isKnownToServer: false, healMs: HEAL.explainedMs },
  silence: { isKnownToServer: false, healMs: HEAL.unexplainedMs },
  'page-left': { isKnownToServer: false, healMs: HEAL.explainedMs },
  'source-added': { isKnownToServer: true, healMs: HEAL.explainedMs },
  offline: { isKnownToServer: false, healMs: HEAL.explainedMs },
  'network-changed': { isKnownToServer: false, healMs: HEAL.explainedMs },
  'woke-up': { isKnownToServer: false, healMs: HEAL.explainedMs },
};

interface TroubleTraits {
  /** Whether the server ended the session itself, or was told of the end: it holds none of ours. */
  readonly isKnownToServer: boolean;
  /** How long the session may heal by itself once its ingest answers, in milliseconds. */
  readonly healMs: number;
}

/** What an interruption makes of an event, whether or not the old session is still in place. */
export const INTERRUPTED = {
  ...ENDING,
  'window-closed': (connection, event, { target }) =>
    connection.step.phase === 'renewing'
      ? connection
      : expired(connection, resumeExpired(connection.gap.cause), event, target),
  // A stream that its server calls over is not waited for any longer.
  'stream-told': (connection, event, { target }) => {
    const { step, gap } = connection;
    const isOver = standingOf(event.word) === 'over';
    if (!isOver || step.phase === 'renewing' || gap.renewal === 'fresh') return connection;
    return expired(connection, resumeExpired(gap.cause), event, target);
  },
  'page-left': (connection) =>
    // The stream that the app was asked for is on its way, and is not asked for twice.
    connection.step.phase === 'renewing' ? connection : { ...connection, step: { phase: 'away' } },
  'network-offline': (connection) => ({
    ...connection,
    gap: { ...connection.gap, trouble: 'offline' },
  }),
  'woke-up': (connection, event) => wokeUp(connection, event),
} satisfies Handlers<Reconnecting>;

/** A broadcast that was live is not any more; what was noticed within seconds of a gap belongs to it. */
export function interrupted(
  { since, recoveringFrom }: Live,
  noticed: { readonly lostAt: number; readonly trouble: Trouble; readonly cause: BroadcastError },
  step: ResumeStep,
): Connection {
  const gap: Gap =
    recoveringFrom === null
      ? { ...noticed, attempt: 0, refusals: 0, windowFrom: noticed.lostAt, renewal: 'none' }
      : { ...recoveringFrom, trouble: noticed.trouble, cause: noticed.cause };
  return { status: 'reconnecting', since, gap, step };
}

/** Media flows again; the budget of the interruption is given back only after a while. */
export function liveAgain(
  { since, gap: recoveringFrom }: Reconnecting,
  { sessionId, sent }: EventOf<'session-live' | 'session-heard'>,
): Connection {
  return { status: 'live', since, sessionId, sent, recoveringFrom };
}

/** Replaces what is left of the old session by a new one, which counts as an attempt. */
export function publishAnew(
  connection: Reconnecting,
  event: Stamp,
  network: Network,
): Reconnecting {
  const attempt = connection.gap.attempt + (network.online ? 1 : 0);
  return {
    ...connection,
    gap: { ...connection.gap, attempt },
    step: signaling(event),
  };
}

/** The machine slept: what was noticed since it fell asleep may have happened then. */
export function wokeUp<State extends Reconnecting>(
  connection: State,
  { sleptFrom }: EventOf<'woke-up'>,
): State {
  const { gap, since } = connection;
  if (gap.lostAt <= sleptFrom || sleptFrom < since) return connection;
  const windowFrom = gap.renewal === 'none' ? sleptFrom : gap.windowFrom;
  return { ...connection, gap: { ...gap, lostAt: sleptFrom, windowFrom } };
}

/**
 * A clock that jumped to the end of the window, for the machine slept or somebody set it, tells
 * nothing of the stream: the server is asked, for as long as it may still hold the old session. Once
 * in a gap, because the clock of a page that gets no time to run jumps again and again.
 */
export function withTimeToAsk(
  connection: Connection,
  { at }: Stamp,
  { target }: ConnectionContext,
): Connection {
  if (connection.status !== 'reconnecting' || target.status !== 'set') return connection;
  const { gap } = connection;
  const windowFrom = at - Math.max(0, target.timeoutSeconds * 1000 - REFUSED.ghostGoneMs);
  const isInTime = gap.windowFrom > gap.lostAt || gap.windowFrom >= windowFrom;
  return isInTime ? connection : { ...connection, gap: { ...gap, windowFrom } };
}

/** After an attempt to resume, or the old session, ended with an error. */
export function resumeFailed(
  connection: Reconnecting,
  event: EventOf<'session-ended'>,
  { network, target }: ConnectionContext,
): Connection {
  const { error } = event;
  if (isFinal(error)) return refusedForGood(connection, error, event, target);
  const refusals = familyOf(error) === 'refusal' ? connection.gap.refusals + 1 : 0;
  const gap = { ...connection.gap, refusals };
  // An address that has expired is refused whatever the server still holds.
  const knows = TROUBLES[gap.trouble].isKnownToServer || error.code === 'address-expired';
  const isGhostGone = knows || event.at - gap.lostAt >= REFUSED.ghostGoneMs;
  if (refusals < REFUSED.times || !isGhostGone) {
    const step = waiting(event, error, gap.attempt, network);
    return { ...connection, gap: { ...gap, cause: error }, step };
  }
  const cause = streamRefused(error);
  const known = { ...connection, gap: { ...gap, cause } };
  const isRenewable = target.status === 'set' && target.isRenewable && gap.renewal === 'none';
  // The clock says that the window is over, and now the server does.
  const isOver = knows || gap.windowFrom > gap.lostAt;
  if (isOver && isRenewable) return expired(known, cause, event, target);
  const delayMs = network.online ? refusedDelayMs(refusals, event.random) : OFFLINE_RETRY_MS;
  return { ...known, step: { phase: 'waiting', nextTryAt: event.at + delayMs, cause } };
}
