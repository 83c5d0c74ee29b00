import { listen } from './listen.js';

interface Ticker {
  /** `null` where there is none to be had. */
  readonly worker: Promise<globalThis.Worker | null>;
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
  post(used, { id, ms });
  return () => {
    if (used.waiting.delete(id)) post(used, { id, ms: null });
  };
}

function post({ worker, life }: Ticker, message: object): void {
  void worker.then((opened) => {
    if (!life.signal.aborted) opened?.postMessage(message);
  });
}

function start(): Ticker | null {
  if (typeof globalThis.Worker === 'undefined') return null;
  const waiting = new Map<number, () => void>();
  const life = new AbortController();
  const tick = (event: Event) => {
    const id: unknown = (event as MessageEvent).data;
    if (typeof id !== 'number') return;
    const wake = waiting.get(id);
    waiting.delete(id);
    wake?.();
  };
  return { worker: open(tick, life.signal), waiting, life };
}

async function open(
  tick: (event: Event) => void,
  signal: AbortSignal,
): Promise<globalThis.Worker | null> {
  try {
    const { openTickerWorker } = await import('./open-ticker-worker.js');
    if (signal.aborted) return null;
    const worker = openTickerWorker();
    signal.addEventListener('abort', () => worker.terminate(), { once: true });
    listen(worker, 'message', tick, signal);
    // A content security policy may refuse the worker; the page's own timers are still there.
    listen(worker, 'error', stop, signal);
    return worker;
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
  const { life } = ticker;
  ticker = null;
  life.abort();
}
