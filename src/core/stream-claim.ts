import { isAway, isBroadcasting } from './connection/connection.js';
import { BroadcastError } from './errors.js';
import { streamMark } from './page/stream-mark.js';
import { createTabClaim } from './page/tab-claim.js';
import type { BroadcasterState } from './state.js';

/** Keeps the other tabs of an app from the stream of a running broadcast. */
export interface StreamClaim {
  /**
   * Claims the stream at `url` until the broadcast ends.
   * @throws BroadcastError `already-live-here`, or the signal's reason.
   */
  claim(url: URL, signal: AbortSignal): Promise<void>;
  /** The mark of the stream that is claimed, or was last; `null` before the first. */
  mark(): string | null;
}

/** Claims nothing until it is asked to, and lets go by itself when the broadcast of `store` ends. */
export function createStreamClaim(store: {
  getSnapshot(): BroadcasterState;
  subscribe(listener: () => void): () => void;
}): StreamClaim {
  const tab = createTabClaim();
  let mark: string | null = null;
  store.subscribe(() => {
    if (!isHolding(store.getSnapshot())) tab.release();
  });
  return {
    mark: () => mark,
    async claim(url, signal) {
      mark = streamMark(url);
      if (await tab.claim(mark, signal)) return;
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
