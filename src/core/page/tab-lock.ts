import { childOf } from '../foundation/abort.js';
import { abortable, sleep } from '../foundation/time.js';

/** A broadcast's lock on its stream, against the other tabs of the same app. */
export interface TabLock {
  /**
   * Locks the stream of this mark, letting go of another one; resolves with whether it is ours,
   * which it always is where the browser has no Web Locks.
   */
  acquire(mark: string, signal: AbortSignal): Promise<boolean>;
  /** Lets go; repeatable. */
  release(): void;
}

/** A broadcast that ended a moment ago, here or before a reload, still has to release its lock. */
const PATIENCE_MS = 1_000;

/** Nothing is locked yet. */
export function createTabLock(): TabLock {
  let held: { readonly mark: string; readonly release: () => void } | null = null;
  const release = () => {
    held?.release();
    held = null;
  };
  /** Resolves with whether the lock was had; rejects where locks are not to be had at all. */
  const take = (mark: string, options: LockOptions, signal: AbortSignal) => {
    const taken = new Promise<boolean>((resolve, reject) => {
      const hold = (lock: Lock | null) => {
        resolve(lock !== null);
        if (lock === null || signal.aborted) return undefined;
        return new Promise<void>((letGo) => {
          held = { mark, release: letGo };
        });
      };
      navigator.locks.request(mark, options, hold).catch(reject);
    });
    return abortable(taken, signal);
  };
  const takeInTime = async (mark: string, signal: AbortSignal) => {
    const patience = childOf(signal);
    const isLate = sleep(PATIENCE_MS, patience.signal).then(() => false);
    try {
      return await Promise.race([take(mark, { signal: patience.signal }, signal), isLate]);
    } finally {
      patience.abort();
    }
  };
  return {
    release,
    async acquire(mark, signal) {
      if (held?.mark === mark) return true;
      release();
      if (typeof navigator === 'undefined' || !('locks' in navigator)) return true;
      try {
        // Without a clock at first: a browser that takes its time is no other tab.
        return (
          (await take(mark, { ifAvailable: true }, signal)) || (await takeInTime(mark, signal))
        );
      } catch (thrown) {
        if (signal.aborted) throw thrown;
        // A page that may not use locks at all has nobody to share the stream with.
        return true;
      }
    },
  };
}

/** Whether no other tab has locked the stream of this mark; locks nothing. */
export async function isUnlocked(mark: string): Promise<boolean> {
  const { acquire, release } = createTabLock();
  const isFree = await acquire(mark, new AbortController().signal);
  release();
  return isFree;
}
