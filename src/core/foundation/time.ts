import { childOf } from './abort.js';

/** Resolves after `ms`; rejects with the signal's reason as soon as it aborts. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const abort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abort);
      resolve();
    }, ms);
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
  const timer = setTimeout(() => limit.abort(late()), ms);
  try {
    return await abortable(promise, limit.signal);
  } finally {
    clearTimeout(timer);
    // Lets go of the parent; nobody waits on this controller any more.
    limit.abort();
  }
}
