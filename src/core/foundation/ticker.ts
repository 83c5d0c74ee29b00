import { listen } from './listen.js';
import { Worker } from './trusted-worker.js';

interface Ticker {
  readonly worker: globalThis.Worker;
  readonly waiting: Map<number, () => void>;
  readonly life: AbortController;
}

/** One for all broadcasts of a page, as long as one of them wants it. */
let ticker: Ticker | null = null;
let holders = 0;
let ids = 0;

/** Lets the timers of `foundation/time.ts` run in a hidden page too, until `signal` aborts. */
export function keepTicking(signal: AbortSignal): void {
  if (signal.aborted) return;
  holders += 1;
  ticker ??= start();
  signal.addEventListener('abort', release, { once: true });
}

/**
 * Calls `wake` after `ms` as the worker counts them; never, where there is no worker. Returns the
 * function that takes it back.
 */
export function tickAfter(ms: number, wake: () => void): () => void {
  const used = ticker;
  if (used === null) return () => {};
  ids += 1;
  const id = ids;
  used.waiting.set(id, wake);
  used.worker.postMessage({ id, ms });
  return () => {
    if (!used.waiting.delete(id) || used.life.signal.aborted) return;
    used.worker.postMessage({ id, ms: null });
  };
}

function start(): Ticker | null {
  if (typeof globalThis.Worker === 'undefined') return null;
  try {
    // A file of the package, for a policy that is strict allows no worker made of text.
    const worker = new Worker(new URL('./ticker-worker.ts', import.meta.url), { type: 'module' });
    const waiting = new Map<number, () => void>();
    const life = new AbortController();
    const tick = (event: Event) => {
      const id: unknown = (event as MessageEvent).data;
      if (typeof id !== 'number') return;
      const wake = waiting.get(id);
      waiting.delete(id);
      wake?.();
    };
    listen(worker, 'message', tick, life.signal);
    // A content security policy may refuse the worker; the page's own timers are still there.
    listen(worker, 'error', stop, life.signal);
    return { worker, waiting, life };
  } catch {
    return null;
  }
}

function release(): void {
  holders -= 1;
  if (holders === 0) stop();
}

function stop(): void {
  if (ticker === null) return;
  const { worker, life } = ticker;
  ticker = null;
  life.abort();
  worker.terminate();
}
