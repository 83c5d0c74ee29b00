import { now } from './time.js';

const MAX_CALLERS = 10_000;

/** How many starts one caller gets. */
export interface StartLimit {
  readonly starts: number;
  readonly perSeconds: number;
}

/**
 * Counts the starts of each caller in a sliding window, in this process only. The returned function
 * counts one and says `null`, or how many seconds to wait when there is none left. It remembers
 * 10,000 callers; while the window of each of them runs, it refuses others rather than forget one.
 */
export function createStartLimit({
  starts,
  perSeconds,
}: StartLimit): (caller: string) => number | null {
  const windowMs = perSeconds * 1000;
  /** In the order of their last starts, so that the first one is the next to be forgotten. */
  const startsOf = new Map<string, readonly number[]>();
  const untilOver = (startedAt: number, at: number) =>
    Math.max(1, Math.ceil((startedAt + windowMs - at) / 1000));
  return (caller) => {
    const at = now();
    for (const [known, times] of startsOf) {
      if ((times.at(-1) ?? 0) > at - windowMs) break;
      startsOf.delete(known);
    }
    const recent = (startsOf.get(caller) ?? []).filter((start) => start > at - windowMs);
    if (recent.length >= starts) return untilOver(recent[0] ?? at, at);
    const [oldest] = startsOf.values();
    if (recent.length === 0 && startsOf.size >= MAX_CALLERS) {
      return untilOver(oldest?.at(-1) ?? at, at);
    }
    startsOf.delete(caller);
    startsOf.set(caller, [...recent, at]);
    return null;
  };
}
