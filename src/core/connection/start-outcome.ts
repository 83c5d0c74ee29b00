import type { BroadcastError } from '../errors.js';
import { familyOf, isFinal } from '../errors.js';
import type { Connection, Step } from './connection.js';
import { ingestTimeout, resumeExpired } from './give-up.js';
import type { ConnectionContext, EventOf } from './handlers.js';
import { inputDueAt, previousSessionAt } from './previous-session.js';
import { FIRST_CONNECT, waiting } from './reconnect-policy.js';
import { streamTaken } from './stream-status.js';

/** The outcome of a failed attempt of a first connect. */
export type StartOutcome =
  /** Another attempt, after the wait of `step`. */
  | { readonly next: 'try-again'; readonly cause: BroadcastError; readonly step: Step }
  /** The user is told. */
  | { readonly next: 'fail'; readonly error: BroadcastError }
  /** The stream, or its address, is over: the app may hand over another one. */
  | { readonly next: 'renew'; readonly error: BroadcastError };

/** Decides what follows the end of an attempt of the first connect `connection`. */
export function startOutcome(
  connection: Pick<
    Extract<Connection, { status: 'connecting' }>,
    'attempt' | 'since' | 'triedSince'
  >,
  event: EventOf<'session-ended'>,
  { target, network, previousSession, isTaken, isRunning }: ConnectionContext,
): StartOutcome {
  // The same refusal means either; with what the server says of the stream it can be told apart.
  const isTakenName = isTaken && event.error.code === 'stream-not-found';
  const error = isTakenName ? streamTaken(event.error) : event.error;
  if (isFinal(error)) return { next: familyOf(error) === 'address' ? 'renew' : 'fail', error };
  const step = waiting(event, error, connection.attempt, network);
  const tryAgain = { next: 'try-again', cause: error, step } as const;
  const past = previousSessionAt(target, previousSession, connection.since);
  const dueAt = inputDueAt(target, past);
  const isLate = dueAt !== null && step.nextTryAt >= dueAt;
  const isOver = error.code === 'address-expired';
  // Resume a session that was cut off as it would have been then, but not to an address that is
  // over.
  if (past?.wasCutOff && !isLate && !isOver) return tryAgain;
  // Another broadcast took the stream: to try again would take it away in turn.
  const mayTryAgain =
    error.code !== 'stream-busy' && hasPatience(connection, step, { target, network });
  if (mayTryAgain) return tryAgain;
  if (isOver) return { next: 'renew', error };
  // Only now: this clock may be wrong, and the stream may have been live before.
  if (!isLate || isRunning || target.status !== 'set') {
    // A session of ours would be gone by now.
    const isOthers = isLate && error.code === 'stream-busy';
    return { next: 'fail', error: isOthers ? streamTaken(error) : error };
  }
  const over = past ? resumeExpired(error) : ingestTimeout(target.timeoutSeconds, error);
  return { next: 'renew', error: over };
}

/** Whether the first connect is still within its attempts and its time. */
function hasPatience(
  { attempt, triedSince }: { readonly attempt: number; readonly triedSince: number },
  { nextTryAt, cause }: { readonly nextTryAt: number; readonly cause: BroadcastError },
  { target, network }: Pick<ConnectionContext, 'target' | 'network'>,
): boolean {
  const triedFor = nextTryAt - triedSince;
  if (network.online) {
    const withinMs = cause.retryAfterMs > 0 ? FIRST_CONNECT.askedMs : FIRST_CONNECT.withinMs;
    return attempt < FIRST_CONNECT.attempts && triedFor <= withinMs;
  }
  // Nobody knows how long the network stays away; the ingest's own window is what there is.
  const windowMs = target.status === 'set' ? target.timeoutSeconds * 1000 : FIRST_CONNECT.withinMs;
  return triedFor <= windowMs;
}
