import { isFinal } from '../errors.js';
import type { Stamp } from '../foundation/stamp.js';
import type { Connection, Preparation, StartStep } from './connection.js';
import type { Handlers } from './handlers.js';
import { IDLE } from './handlers.js';
import { HEALTHY_AFTER_MS, prepareDelayMs } from './reconnect-policy.js';
import { started } from './starting.js';

type Idle = Extract<Connection, { status: 'idle' }>;

/** Nothing is published; signaling may run ahead of the button. */
export const idleHandlers: Handlers<Idle> = {
  'stop-requested': unprepared,
  'release-requested': unprepared,
  'start-requested': (connection, event, context) =>
    started(event, context, firstStep(connection.preparation)),
  'target-changed': (connection, { target }, { target: before }) => {
    const fits =
      target.status === 'set' &&
      before.status === 'set' &&
      target.revision === before.revision &&
      target.preparing === before.preparing;
    return fits ? connection : unprepared(connection);
  },
  'prepare-requested': (connection, event, { target, capture, isTaken }) => {
    // An offer fits the sources that it was answered with.
    if (target.status !== 'set' || capture !== 'some' || isTaken) return connection;
    const { phase } = connection.preparation;
    return phase === 'preparing' || phase === 'ready' ? connection : preparing(event, 1);
  },
  'retry-requested': retried,
  'retry-due': retried,
  'session-prepared': (connection, { sessionId, at }) => {
    const { preparation } = connection;
    const attempt = 'attempt' in preparation ? preparation.attempt : 1;
    return idle({ phase: 'ready', sessionId, since: at, attempt });
  },
  'session-ended': ({ preparation }, event) => {
    // An offer that was good for a while is renewed at once; one that was not waits its turn.
    const wasGood =
      preparation.phase === 'ready' && event.at - preparation.since >= HEALTHY_AFTER_MS;
    const attempt = wasGood || !('attempt' in preparation) ? 0 : preparation.attempt;
    const delayMs = attempt === 0 ? 0 : prepareDelayMs(attempt, event.random);
    const nextTryAt = isFinal(event.error) ? Number.POSITIVE_INFINITY : event.at + delayMs;
    return idle({ phase: 'waiting', attempt, nextTryAt, cause: event.error });
  },
};

/** A preparation that begins. */
export function preparing({ id }: Stamp, attempt: number): Connection {
  return idle({ phase: 'preparing', sessionId: id, attempt });
}

function unprepared(connection: Idle): Connection {
  return connection.preparation.phase === 'none' ? connection : IDLE;
}

function retried(connection: Idle, event: Stamp): Connection {
  const { preparation } = connection;
  return preparation.phase === 'waiting' ? preparing(event, preparation.attempt + 1) : connection;
}

/** A start goes on with what was prepared. */
function firstStep(preparation: Preparation): StartStep {
  if (preparation.phase === 'ready') {
    return { phase: 'negotiating', sessionId: preparation.sessionId };
  }
  return preparation.phase === 'preparing'
    ? { phase: 'signaling', sessionId: preparation.sessionId }
    : { phase: 'capturing' };
}

function idle(preparation: Preparation): Connection {
  return { status: 'idle', preparation };
}
