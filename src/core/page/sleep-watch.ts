import { sleep } from '../foundation/time.js';

const TICK_MS = 1_000;
/** A busy page ticks late, too, but hardly by so much. */
const ASLEEP_MS = 3_000;

/**
 * Calls `woke` whenever `now()` shows that the machine slept, with when it was last seen awake, in
 * the terms of `now()`, until `signal` aborts.
 */
export async function watchForSleep(
  now: () => number,
  woke: (sleptFrom: number) => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const before = now();
    await sleep(TICK_MS, signal).catch(() => {});
    if (!signal.aborted && now() - before > TICK_MS + ASLEEP_MS) woke(before);
  }
}
