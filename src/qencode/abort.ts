/**
 * A controller that also aborts when `parent` does, with its reason. Abort it when the work is done:
 * that is what takes it off a parent that lives longer.
 */
export function childOf(parent: AbortSignal | undefined): AbortController {
  const child = new AbortController();
  if (parent?.aborted) child.abort(parent.reason);
  parent?.addEventListener('abort', () => child.abort(parent.reason), {
    once: true,
    signal: child.signal,
  });
  return child;
}

/** Calls back when `signal` aborts, at once if it has; the returned function takes that back. */
export function onAbort(signal: AbortSignal | undefined, call: () => void): () => void {
  if (signal?.aborted) call();
  signal?.addEventListener('abort', call, { once: true });
  return () => signal?.removeEventListener('abort', call);
}

/**
 * One call for everybody who asks while it runs. A caller that aborts leaves alone; when the last
 * one has left, the call's own signal aborts.
 */
export function shareCall<T>(
  run: (signal: AbortSignal) => Promise<T>,
): (signal?: AbortSignal) => Promise<T> {
  interface Flight {
    readonly answer: Promise<T>;
    readonly controller: AbortController;
    waiting: number;
  }
  let flight: Flight | null = null;

  const begin = (): Flight => {
    const controller = new AbortController();
    const answer = run(controller.signal);
    const begun: Flight = { answer, controller, waiting: 0 };
    const end = () => {
      if (flight === begun) flight = null;
    };
    answer.then(end, end);
    return begun;
  };

  return async (signal) => {
    signal?.throwIfAborted();
    flight ??= begin();
    const mine = flight;
    mine.waiting += 1;
    let forget = () => {};
    const left = new Promise<never>((_, reject) => {
      forget = onAbort(signal, () => reject(signal?.reason));
    });
    try {
      return await Promise.race([mine.answer, left]);
    } finally {
      forget();
      mine.waiting -= 1;
      if (mine.waiting === 0) {
        if (flight === mine) flight = null;
        mine.controller.abort();
      }
    }
  };
}
