import { now } from './time.js';

const MAX_CALLERS = 10_000;

/** How many starts one caller gets. */
export interface StartLimit {
  readonly starts: number;
  readonly perSeconds: number;
}

/**
 * Counts the starts of each caller in a sliding window, in this process only. The returned function
 * counts one and says `null`, or how many seconds to wait when there is none left.
 */
export function createStartLimit({
  starts,
  perSeconds,
}: StartLimit): (caller: string) => number | null {
  const startsOf = new Map<string, readonly number[]>();
  return (caller) => {
    const at = now();
    const recent = (startsOf.get(caller) ?? []).filter((start) => start > at - perSeconds * 1000);
    const [first = at] = recent;
    const full = recent.length >= starts;
    // Put at the end, so that the first one in the map is the one who started longest ago.
    startsOf.delete(caller);
    startsOf.set(caller, full ? recent : [...recent, at]);
    const [oldest] = startsOf.keys();
    if (startsOf.size > MAX_CALLERS && oldest !== undefined) startsOf.delete(oldest);
    return full ? Math.max(1, Math.ceil((first + perSeconds * 1000 - at) / 1000)) : null;
  };
}
