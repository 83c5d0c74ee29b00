import type { BroadcastError } from '../errors.js';
import { familyOf } from '../errors.js';
import type { Connection } from './connection.js';
import type { Handlers } from './handlers.js';
import { ENDING, IDLE } from './handlers.js';
import { started } from './starting.js';
import type { IngestTarget } from './target.js';

/** The broadcast is over, until the user starts it again or the app takes away what it failed for. */
export const failedHandlers: Handlers<Extract<Connection, { status: 'failed' }>> = {
  ...ENDING,
  'start-requested': (_, event, context) => started(event, context, { phase: 'capturing' }),
  'target-changed': (connection, { target }, { target: before }) =>
    isMended(connection.error, target, before) ? IDLE : connection,
};

/** Whether a new target takes away what the broadcast had failed for. */
function isMended(error: BroadcastError, target: IngestTarget, before: IngestTarget): boolean {
  const family = familyOf(error);
  if (family === 'options') return true;
  // Another stream, or the same one started again, takes only these away.
  if (family !== 'window' && family !== 'tab') return false;
  if (target.status !== 'set' || before.status !== 'set') return target.status === 'set';
  return target.stream !== before.stream || target.startedAt !== before.startedAt;
}
