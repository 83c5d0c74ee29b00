import { childOf } from './abort.js';
import { tickAfter } from './ticker.js';

/** Milliseconds on a clock that nobody sets; only differences mean anything. */
export function elapsedMs(): number {
  return performance.now();
}

/** Calls `run` after `ms`, hidden or not where there is a worker; returns what takes it back. */
function after(ms: number, run: () => void): () => void {
  let isDue = true;
  const once = () => {
    if (!isDue) return;
    cancel();
    run();
  };
  const timer = setTimeout(once, ms);
  const cancelTick = tickAfter(ms, once);
  const cancel = () => {
    isDue = false;
    clearTimeout(timer);
    cancelTick();
  };
  return cancel;
}

/** Resolves after `ms`; rejects with the signal's reason as soon as it aborts. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const abort = () => {
      cancel();
      reject(signal.reason);
    };
    const cancel = after(ms, () => {
      signal.removeEventListener('abort', abort);
      resolve();
    });
    signal.addEventListener('abort', abort, { once: true });
  });
}

/** Settles as `promise` does, or rejects with the signal's reason as soon as it aborts. */
export function abortable<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** Settles as `promise` does, or rejects with `late()` after `ms`, or with the signal's reason. */
export async function within<Value>(
  promise: Promise<Value>,
  ms: number,
  late: () => Error,
  signal: AbortSignal,
): Promise<Value> {
  const limit = childOf(signal);
  const cancel = after(ms, () => limit.abort(late()));
  try {
    return await abortable(promise, limit.signal);
  } finally {
    cancel();
    // Lets go of the parent; nobody waits on this controller any more.
    limit.abort();
  }
}
