import type { Stamp } from '../foundation/stamp.js';
import type { Connection, Held, HeldStep } from './connection.js';
import type { Handlers } from './handlers.js';
import {
  amended,
  CAUSES,
  INTERRUPTED,
  liveAgain,
  publishAnew,
  resumeFailed,
} from './interruption.js';
import { GHOST_MS, HEAL } from './reconnect-policy.js';

/** The old session is still in place, and goes on by itself if its path comes back. */
export const heldHandlers: Handlers<Held> = {
  ...INTERRUPTED,
  'replacement-due': (connection, event, { network }) =>
    connection.step.phase === 'healing' ? publishAnew(connection, event, network) : connection,
  'session-alive': liveAgain,
  'session-probed': (connection, event) => {
    const { step } = connection;
    if (step.phase === 'healing') return connection;
    if (event.answered) return healing(connection, step, event);
    return step.phase === 'probing'
      ? { ...connection, step: { ...step, phase: 'holding' } }
      : connection;
  },
  // A path is looked for anew, whatever became of the one before.
  'session-restarted': (connection, { at, sessionId }) => ({
    ...connection,
    step: { phase: 'healing', sessionId, replaceAt: at + HEAL.restartedMs },
  }),
  'ingest-found': (connection, event) =>
    connection.step.phase === 'holding' ? healing(connection, connection.step, event) : connection,
  'session-path-failed': (connection, { at, error }) => {
    const { step } = connection;
    const known = amended(connection, { error });
    return step.phase === 'healing'
      ? { ...known, step: { ...step, replaceAt: Math.min(step.replaceAt, at) } }
      : { ...known, step: { ...step, hasPath: false } };
  },
  'session-ended': resumeFailed,
};

/** The ingest is there: what has no path is replaced at once, what has one gets a while. */
function healing(
  connection: Held,
  step: Exclude<HeldStep, { phase: 'healing' }>,
  { at }: Stamp,
): Connection {
  const { sessionId, hasPath } = step;
  const replaceAt = hasPath ? at + graceMs(connection, at) : at;
  return { ...connection, step: { phase: 'healing', sessionId, replaceAt } };
}

/** How long the old session may still heal, now that its ingest is known to be there. */
function graceMs({ step, interruption }: Held, at: number): number {
  if (step.phase === 'probing') return CAUSES[interruption.cause].healMs;
  // A session that the ingest has dropped meanwhile does not heal.
  return at - interruption.lostAt < GHOST_MS ? HEAL.foundMs : 0;
}
