import { childOf } from '../foundation/abort.js';
import { abortable, sleep } from '../foundation/time.js';

/** A broadcast's claim on its stream, against the other tabs of the same app. */
export interface TabClaim {
  /**
   * Claims the stream of this mark, letting go of another one; resolves with whether it is ours,
   * which it always is where the browser has no Web Locks.
   */
  claim(mark: string, signal: AbortSignal): Promise<boolean>;
  /** Lets go; repeatable. */
  release(): void;
}

/** What ended a moment ago, in this tab or in the page before a reload, still lets go of its claim. */
const PATIENCE_MS = 1_000;

/** Nothing is claimed yet. */
export function createTabClaim(): TabClaim {
  let held: { readonly mark: string; readonly release: () => void } | null = null;
  const release = () => {
    held?.release();
    held = null;
  };
  return {
    release,
    async claim(mark, signal) {
      if (held?.mark === mark) return true;
      release();
      if (typeof navigator === 'undefined' || !('locks' in navigator)) return true;
      const patience = childOf(signal);
      const late = sleep(PATIENCE_MS, patience.signal).then(
        () => patience.abort(),
        () => {},
      );
      const granted = new Promise<boolean>((resolve) => {
        const hold = () => {
          resolve(true);
          if (signal.aborted) return undefined;
          return new Promise<void>((letGo) => {
            held = { mark, release: letGo };
          });
        };
        navigator.locks
          .request(mark, { signal: patience.signal }, hold)
          // A page that may not use locks at all has nobody to share the stream with.
          .catch(() => resolve(!patience.signal.aborted));
      });
      try {
        return await abortable(granted, signal);
      } finally {
        patience.abort();
        await late;
      }
    },
  };
}
