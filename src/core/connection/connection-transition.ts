import type { Stamp } from '../foundation/stamp.js';
import { connectingHandlers } from './connecting.js';
import type { Connection } from './connection.js';
import { isHeld, selectSessionId } from './connection.js';
import { failedHandlers } from './failed.js';
import { failed, nothingToSend } from './give-up.js';
import type { ConnectionContext, Handlers, StampedConnectionEvent } from './handlers.js';
import { IDLE } from './handlers.js';
import { heldHandlers } from './held.js';
import { idleHandlers, preparing } from './idle.js';
import { withTimeToAsk } from './interruption.js';
import { liveHandlers } from './live.js';
import { reconnectingHandlers } from './reconnecting.js';
import { signaling } from './starting.js';

/** The states of a connection, with what each makes of events: one file each. */
export const CONNECTION_STATES = {
  idle: idleHandlers,
  connecting: connectingHandlers,
  live: liveHandlers,
  held: heldHandlers,
  reconnecting: reconnectingHandlers,
  failed: failedHandlers,
} as const;

/**
 * The connection after `event`; total, pure, and the same reference when the event changes nothing.
 * Facts about a session other than the present one are ignored: a late reply cannot resurrect it.
 */
export function connectionTransition(
  connection: Connection,
  event: StampedConnectionEvent,
  context: ConnectionContext,
): Connection {
  if ('sessionId' in event && event.sessionId !== selectSessionId(connection)) return connection;
  const state = isHeld(connection) ? 'held' : connection.status;
  const handlers = CONNECTION_STATES[state] as Handlers<Connection>;
  const handle = handlers[event.type] as Handler | undefined;
  if (handle === undefined) return connection;
  const next = handle(connection, event, context);
  const mayHaveJumped = event.type === 'woke-up' || connection.status === 'live';
  return mayHaveJumped ? withTimeToAsk(next, event, context) : next;
}

/** The tables pair each handler with its event; of a pair that is looked up the compiler is not sure. */
type Handler = (
  connection: Connection,
  event: StampedConnectionEvent,
  context: ConnectionContext,
) => Connection;

/**
 * Draws conclusions from the state as it now is, without any event: an attempt that waited for the
 * camera goes on, and preparation begins by itself.
 */
export function concludeConnection(
  connection: Connection,
  stamp: Stamp,
  context: ConnectionContext,
): Connection {
  if (connection.status === 'connecting' && connection.step.phase === 'capturing') {
    if (context.capture === 'some') {
      return { ...connection, step: signaling(stamp) };
    }
    if (context.capture === 'failed' || context.capture === 'off') {
      return failed(context.captureError ?? nothingToSend(), stamp);
    }
    return connection;
  }
  if (connection.status === 'idle' && connection.preparation.phase === 'none') {
    const byItself =
      !context.isTaken &&
      context.target.status === 'set' &&
      context.target.preparing === 'by-itself';
    if (byItself && context.capture === 'some') {
      return preparing(stamp, 1);
    }
  }
  return connection;
}

/** A prepared offer fits the sources it was made for; other sources, or another URL, want a new one. */
export function withoutPreparation(connection: Connection): Connection {
  return connection.status === 'idle' && connection.preparation.phase !== 'none'
    ? IDLE
    : connection;
}
