import { selectSessionId } from './connection/connection.js';
import type { BroadcastError } from './errors.js';
import type { Work } from './foundation/run-work.js';
import type { LoadPublishing } from './load-publishing.js';
import type { SessionWorkContext } from './publishing.js';
import { captureOf, selectOutgoing } from './select-outgoing.js';

/**
 * The session that should run in the present state. The next one begins once the one before has told
 * the server and closed its socket and its peer: OvenMediaEngine, given two answers to one URL, ends
 * the wrong stream.
 */
export function sessionWork(
  workContext: SessionWorkContext,
  publishing: LoadPublishing,
): Work | null {
  const { store, dispatch } = workContext;
  const sessionId = selectSessionId(store.getSnapshot().connection);
  if (sessionId === null) return null;
  return {
    key: `session:${sessionId}`,
    run: (signal) =>
      publishing(signal).then(
        (part) => part.publishSession(workContext, sessionId, signal),
        (error: BroadcastError) => {
          if (!signal.aborted) dispatch({ type: 'session-ended', sessionId, error });
        },
      ),
  };
}

/** Loads the code of a session while camera and microphone are asked for. */
export function publishingWork(
  workContext: SessionWorkContext,
  publishing: LoadPublishing,
): Work | null {
  if (captureOf(selectOutgoing(workContext.store.getSnapshot())) !== 'opening') return null;
  return {
    key: 'publishing',
    // A session that needs it asks again.
    run: (signal) =>
      publishing(signal)
        .then((part) => part.adapterOf(workContext).load?.(signal))
        .then(ignore, ignore),
  };
}

function ignore(): void {}
