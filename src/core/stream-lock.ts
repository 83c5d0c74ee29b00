import { isAway, isBroadcasting } from './connection/connection.js';
import { BroadcastError } from './errors.js';
import { streamMark } from './page/stream-mark.js';
import { createTabLock } from './page/tab-lock.js';
import type { BroadcasterState } from './state.js';

/** Keeps the other tabs of an app from the stream of a running broadcast. */
export interface StreamLock {
  /**
   * Locks the stream at `url` until the broadcast ends.
   * @throws BroadcastError `already-live-here`, or the signal's reason.
   */
  acquire(url: URL, signal: AbortSignal): Promise<void>;
  /** The mark of the stream that is locked, or was last; `null` before the first. */
  mark(): string | null;
}

/** Locks nothing until it is asked to, and lets go by itself when the broadcast of `store` ends. */
export function createStreamLock(store: {
  getSnapshot(): BroadcasterState;
  subscribe(listener: () => void): () => void;
}): StreamLock {
  const tab = createTabLock();
  let mark: string | null = null;
  store.subscribe(() => {
    if (!isHolding(store.getSnapshot())) tab.release();
  });
  return {
    mark: () => mark,
    async acquire(url, signal) {
      mark = streamMark(url);
      if (await tab.acquire(mark, signal)) return;
      throw new BroadcastError(
        'already-live-here',
        'Another tab or window of this app broadcasts this stream already. Go on there, or stop it there.',
      );
    },
  };
}

/** Whether this tab may keep others from the stream: not while its page lies in a cache. */
function isHolding({ connection }: BroadcasterState): boolean {
  return isBroadcasting(connection) && !isAway(connection);
}
