import { useEffect, useReducer } from 'react';

/**
 * Whole seconds since (or, negative, until) `at`, rendered anew as each one passes; `null` while
 * there is no instant to count from.
 */
export function useSecondsSince(at: number | null): number | null {
  const [ticks, tick] = useReducer((count: number) => count + 1, 0);
  const isCounting = at !== null && Number.isFinite(at);
  const seconds = isCounting ? Math.floor((Date.now() - at) / 1000) : null;

  // biome-ignore lint/correctness/useExhaustiveDependencies: a timer that fires early ticks without changing a second, and must be set again.
  useEffect(() => {
    if (!isCounting || seconds === null) return undefined;
    const timer = setTimeout(tick, Math.max(0, at + (seconds + 1) * 1000 - Date.now()));
    document.addEventListener('visibilitychange', tick);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', tick);
    };
  }, [isCounting, at, seconds, ticks]);

  return seconds;
}

/** Whether `delayMs` have passed since `at`. */
export function useHasPassed(at: number | null, delayMs: number): boolean {
  const [, check] = useReducer((count: number) => count + 1, 0);
  const leftMs = at === null ? null : at + delayMs - Date.now();
  const isDue = leftMs !== null && leftMs <= 0;
  useEffect(() => {
    if (at === null || isDue) return undefined;
    const timer = setTimeout(check, Math.max(0, at + delayMs - Date.now()));
    return () => clearTimeout(timer);
  }, [at, delayMs, isDue]);
  return isDue;
}
