import { ended } from '../../core/foundation/abort.js';
import { createStore } from '../../core/foundation/store.js';
import type { BroadcastSession, SessionStatus } from '../../qencode/session-messages.js';
import { followStatus } from './follow-status.js';
import type { SessionEndpoint } from './session-client.js';
import { createSessionClient } from './session-client.js';
import { SessionRequestError } from './session-request-error.js';
import type { SessionState } from './session-state.js';
import { INITIAL_SESSION, sessionTransition } from './session-state.js';
import { clockOffset, watchClock } from './watch-clock.js';

/**
 * A session and what a page can do with it. The promises reject with a `SessionRequestError`, which
 * is in the state too, so that nobody has to catch them; or with an `AbortError` after `close()`.
 */
export interface SessionStore {
  getSnapshot(): SessionState;
  subscribe(listener: () => void): () => void;
  /** Starts a stream; one that is being started, or runs, is shared. */
  start(): Promise<BroadcastSession>;
  /** Starts the same stream again, under a new session; the first one, if there is none yet. */
  renew(): Promise<BroadcastSession>;
  /** Ends the stream, with whatever source is live on it, and starts it again. */
  takeOver(): Promise<BroadcastSession>;
  /** Ends the stream, also one that is only being started; without one it does nothing. */
  stop(): Promise<void>;
  /** Follows the status while a stream runs. Asks for nothing else by itself. */
  open(): void;
  /** Ends following and waiting; the stream goes on. May be opened again. */
  close(): void;
}

/** Makes a store that asks the endpoint only when told to. */
export function createSessionStore(endpoint: () => SessionEndpoint): SessionStore {
  const store = createStore(INITIAL_SESSION, sessionTransition);
  const client = createSessionClient(endpoint);
  let life = new AbortController();
  let opening: Promise<BroadcastSession> | null = null;
  let closing: Promise<void> | null = null;
  let isOpen = false;
  let followed: { readonly session: string; readonly life: AbortController } | null = null;

  /** Before what is dated by it is heard. */
  const readClock = ({ serverTime }: { readonly serverTime: string | null }) => {
    if (serverTime === null) return;
    const { clockOffsetMs } = store.getSnapshot();
    store.dispatch({ type: 'clock-read', offsetMs: clockOffset(serverTime, clockOffsetMs) });
  };
  const hear = (status: SessionStatus) => {
    readClock(status);
    store.dispatch({ type: 'status-told', status });
  };

  const follow = () => {
    const { phase, session } = store.getSnapshot();
    const wanted = isOpen && phase === 'started' && session !== null ? session.session : null;
    if ((followed?.session ?? null) === wanted) return;
    followed?.life.abort();
    followed = null;
    if (wanted === null) return;
    const following = { session: wanted, life: new AbortController() };
    followed = following;
    const { signal } = following.life;
    const askAnew = () => void client.status(wanted, signal).then(hear, () => {});
    handled(watchClock(askAnew, signal));
    handled(
      followStatus({
        endpoint: endpoint(),
        client,
        session: wanted,
        signal,
        onStatus: hear,
        onGone: () => store.dispatch({ type: 'gone' }),
      }),
    );
  };
  store.subscribe(follow);

  /** An answer that comes after the end of `signal` changes nothing. */
  const request = async <Answer extends { readonly serverTime: string | null }>(
    asked: Promise<Answer>,
    signal?: AbortSignal,
  ): Promise<Answer> => {
    try {
      const answer = await asked;
      signal?.throwIfAborted();
      readClock(answer);
      return answer;
    } catch (thrown) {
      signal?.throwIfAborted();
      if (thrown instanceof SessionRequestError) {
        store.dispatch({ type: 'request-failed', error: thrown });
      }
      throw thrown;
    }
  };

  const open = (kind: 'start' | 'renew'): Promise<BroadcastSession> => {
    const { signal } = life;
    const before = closing;
    const run = async () => {
      if (before !== null) await before.catch(() => {});
      signal.throwIfAborted();
      const { session } = store.getSnapshot();
      const known = kind === 'renew' ? session : null;
      store.dispatch({ type: 'asked', request: known === null ? 'start' : 'renew' });
      const answer = await request(
        known === null ? client.start(signal) : client.renew(known.session, signal),
        signal,
      );
      store.dispatch({ type: 'opened', session: answer });
      return answer;
    };
    const mine = handled(
      run().finally(() => {
        if (opening === mine) opening = null;
      }),
    );
    opening = mine;
    return mine;
  };

  const end = () => {
    // A session that is being opened ends in its turn, also if it waits for an earlier end.
    if (closing !== null && opening === null) return closing;
    const mine = handled(
      stop().finally(() => {
        if (closing === mine) closing = null;
      }),
    );
    closing = mine;
    return mine;
  };

  const stop = async () => {
    await opening?.catch(() => {});
    const { phase, session } = store.getSnapshot();
    if (phase !== 'started' || session === null) return;
    store.dispatch({ type: 'asked', request: 'stop' });
    try {
      const { status } = await request(client.stop(session.session));
      store.dispatch({ type: 'stopped', status });
    } catch (thrown) {
      if (!(thrown instanceof SessionRequestError) || thrown.code !== 'unknown-session') {
        throw thrown;
      }
    }
  };

  return {
    getSnapshot: store.getSnapshot,
    subscribe: store.subscribe,
    start() {
      const { phase, session } = store.getSnapshot();
      if (opening === null && phase === 'started' && session !== null) {
        return Promise.resolve(session);
      }
      return opening ?? open('start');
    },
    renew: () => opening ?? open('renew'),
    async takeOver() {
      await end();
      return opening ?? open('renew');
    },
    stop: end,
    open() {
      if (life.signal.aborted) life = new AbortController();
      isOpen = true;
      follow();
    },
    close() {
      isOpen = false;
      life.abort(ended('page’s session'));
      opening = null;
      store.dispatch({ type: 'abandoned' });
      follow();
    },
  };
}

/** A promise that may be left alone: what went wrong is in the state. */
function handled<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => {});
  return promise;
}
