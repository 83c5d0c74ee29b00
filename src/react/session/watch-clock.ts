import { listen } from '../../core/foundation/listen.js';
import { elapsedMs, sleep } from '../../core/foundation/time.js';

const LOOK_MS = 5_000;
/** Clocks are corrected by less all the time, and an HTTP date is no more exact. */
export const JUMP_MS = 1_500;

/**
 * Calls `jumped` whenever the page's clock turns out to have been set, or the machine to have slept,
 * which look alike from here; until `signal` aborts.
 */
export async function watchClock(jumped: () => void, signal: AbortSignal): Promise<void> {
  let known = ahead();
  const look = () => {
    const found = ahead();
    if (Math.abs(found - known) < JUMP_MS) return;
    known = found;
    jumped();
  };
  listen(document, 'visibilitychange', look, signal);
  listen(window, 'focus', look, signal);
  while (!signal.aborted) {
    await sleep(LOOK_MS, signal).catch(() => {});
    if (!signal.aborted) look();
  }
}

/** How far the page's clock is ahead of the one that nobody sets. */
export function ahead(): number {
  return Date.now() - elapsedMs();
}

/**
 * How far a server is ahead of the page, in milliseconds, whose clock just said `serverTime`;
 * `known` where that is as good.
 */
export function clockOffset(serverTime: string, known: number): number {
  const found = Date.parse(serverTime) - Date.now();
  return Number.isNaN(found) || Math.abs(found - known) < JUMP_MS ? known : found;
}
