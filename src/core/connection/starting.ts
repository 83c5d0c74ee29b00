import type { Stamp } from '../foundation/stamp.js';
import type { Connection, StartStep } from './connection.js';
import { failed } from './give-up.js';
import type { ConnectionContext, EventOf } from './handlers.js';
import { streamTaken } from './stream-status.js';
import { noServerUrl } from './target.js';

/** A first connect that begins with `step`, or fails because there is nothing to connect to. */
export function started(
  event: EventOf<'start-requested'>,
  { target, isTaken }: ConnectionContext,
  step: StartStep,
): Connection {
  if (target.status === 'invalid') return failed(target.error, event);
  if (target.status === 'unset') return failed(noServerUrl(), event);
  if (isTaken && event.takeOver !== true) return failed(streamTaken(), event);
  const { at } = event;
  return {
    status: 'connecting',
    since: at,
    triedSince: at,
    attempt: 1,
    cause: null,
    isRenewed: false,
    step,
  };
}

/** The first step of an attempt to publish. */
export function signaling({ id }: Stamp) {
  return { phase: 'signaling', sessionId: id } as const;
}
