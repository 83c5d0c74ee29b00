import { isRenewing } from './connecting.js';
import type { Reconnecting } from './connection.js';
import { failed } from './give-up.js';
import type { ConnectionContext, Handlers, StampedConnectionEvent } from './handlers.js';
import {
  amended,
  INTERRUPTED,
  liveAgain,
  publishAnew,
  resumeFailed,
  wokeUp,
} from './interruption.js';
import { isAskedToWait } from './reconnect-policy.js';
import { signaling } from './starting.js';

/** A new session is tried for, or waited to be tried for, in place of one that is gone. */
export const reconnectingHandlers: Handlers<Reconnecting> = {
  ...INTERRUPTED,
  'retry-requested': retried,
  'retry-due': retried,
  'network-online': retriedOnline,
  'network-changed': retriedOnline,
  'woke-up': (connection, event, context) =>
    retriedOnline(wokeUp(connection, event), event, context),
  'page-returned': (connection, event, { network }) =>
    connection.step.phase === 'away' ? publishAnew(connection, event, network) : connection,
  // Goes on with another stream, whose windows begin now.
  renewed: (connection, event) => {
    if (!isRenewing(connection, event.requestId)) return connection;
    const { at: windowFrom } = event;
    const fresh = { attempt: 1, refusals: 0, windowFrom, renewal: 'fresh' } as const;
    return { ...amended(connection, fresh), step: signaling(event) };
  },
  'renewal-failed': (connection, event) =>
    isRenewing(connection, event.requestId) ? failed(event.error, event) : connection,
  'session-progressed': (connection, { phase, sessionId }) => {
    // Once the answer is out, the name may be held by a session of ours again.
    const renewal = connection.interruption.renewal === 'none' ? 'none' : 'used';
    return { ...amended(connection, { refusals: 0, renewal }), step: { phase, sessionId } };
  },
  'session-live': liveAgain,
  'session-ended': resumeFailed,
};

function retried(
  connection: Reconnecting,
  event: StampedConnectionEvent,
  { network }: ConnectionContext,
): Reconnecting {
  return connection.step.phase === 'waiting' ? publishAnew(connection, event, network) : connection;
}

/** Begins the next attempt now instead of waiting. */
function retriedOnline(
  connection: Reconnecting,
  event: StampedConnectionEvent,
  context: ConnectionContext,
): Reconnecting {
  const mayTry = context.network.online && !isAskedToWait(connection.step, event.at);
  return mayTry ? retried(connection, event, context) : connection;
}
