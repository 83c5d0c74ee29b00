import type { Connection } from './connection.js';
import { expired, failed } from './give-up.js';
import type { ConnectionContext, Handlers, StampedConnectionEvent } from './handlers.js';
import { ENDING, IDLE } from './handlers.js';
import { isAskedToWait } from './reconnect-policy.js';
import { startOutcome } from './start-outcome.js';
import { signaling } from './starting.js';

type Connecting = Extract<Connection, { status: 'connecting' }>;

/** The user wants to be live, and nothing was sent yet. */
export const connectingHandlers: Handlers<Connecting> = {
  ...ENDING,
  'retry-requested': retried,
  'retry-due': retried,
  'network-changed': retriedOnline,
  'woke-up': triedAnew,
  'network-online': triedAnew,
  'page-left': (connection) =>
    // The app is already handing over a stream. Do not ask twice.
    connection.step.phase === 'renewing' ? connection : { ...connection, step: { phase: 'away' } },
  'page-returned': (connection, { at }, { target }) => {
    if (connection.step.phase !== 'away') return connection;
    // A person who comes back that late does not expect to go live without another press.
    const seconds = target.status === 'set' ? target.timeoutSeconds : 0;
    const isForgotten = at >= connection.triedSince + seconds * 1000;
    return isForgotten ? IDLE : { ...connection, step: { phase: 'capturing' } };
  },
  'window-closed': (connection) => (connection.step.phase === 'away' ? IDLE : connection),
  renewed: (connection, event) => {
    if (!isRenewing(connection, event.requestId)) return connection;
    const { at } = event;
    const fresh = { triedSince: at, attempt: 1, cause: null, isRenewed: true };
    return { ...connection, ...fresh, step: signaling(event) };
  },
  'renewal-failed': (connection, event) =>
    isRenewing(connection, event.requestId) ? failed(event.error, event) : connection,
  'session-progressed': (connection, { phase, sessionId }) => ({
    ...connection,
    step: { phase, sessionId },
  }),
  'session-live': (_, { at, sessionId, sent }) => ({
    status: 'live',
    since: at,
    sessionId,
    sent,
    recoveringFrom: null,
  }),
  'session-ended': (connection, event, context) => {
    const outcome = startOutcome(connection, event, context);
    switch (outcome.next) {
      case 'try-again':
        return { ...connection, cause: outcome.cause, step: outcome.step };
      case 'fail':
        return failed(outcome.error, event);
      case 'renew':
        return expired(connection, outcome.error, event, context.target);
    }
  },
};

/** Whether this request asks the app for another stream. */
export function isRenewing(
  { step }: Extract<Connection, { status: 'connecting' | 'reconnecting' }>,
  requestId: number,
): boolean {
  return step.phase === 'renewing' && step.requestId === requestId;
}

function retried(
  connection: Connecting,
  event: StampedConnectionEvent,
  { network }: ConnectionContext,
): Connecting {
  if (connection.step.phase !== 'waiting') return connection;
  const attempt = connection.attempt + (network.online ? 1 : 0);
  return { ...connection, attempt, step: signaling(event) };
}

/** The time spent offline or asleep is not held against it. */
function triedAnew(
  connection: Connecting,
  event: StampedConnectionEvent,
  context: ConnectionContext,
): Connecting {
  const moved = retriedOnline(connection, event, context);
  return context.network.online ? { ...moved, triedSince: event.at } : moved;
}

/** Begins the next attempt now instead of waiting. */
function retriedOnline(
  connection: Connecting,
  event: StampedConnectionEvent,
  context: ConnectionContext,
): Connecting {
  const mayTry = context.network.online && !isAskedToWait(connection.step, event.at);
  return mayTry ? retried(connection, event, context) : connection;
}
