import { useEffect, useReducer, useRef } from 'react';

/**
 * Whole seconds since (or, negative, until) `at`, rendered anew as each one passes; `null` while
 * there is no instant to count from. A clock that is set meanwhile changes nothing.
 */
export function useSecondsSince(at: number | null): number | null {
  const [ticks, tick] = useReducer((count: number) => count + 1, 0);
  const isCounting = at !== null && Number.isFinite(at);
  const anchor = useRef({ at: Number.NaN, passedMs: 0, elapsed: 0 });
  if (isCounting && anchor.current.at !== at) {
    anchor.current = { at, passedMs: Date.now() - at, elapsed: performance.now() };
  }
  const passedMs = () => anchor.current.passedMs + performance.now() - anchor.current.elapsed;
  const seconds = isCounting ? Math.floor(passedMs() / 1000) : null;

  // biome-ignore lint/correctness/useExhaustiveDependencies: a timer that fires early ticks without changing a second, and must be set again.
  useEffect(() => {
    if (!isCounting || seconds === null) return undefined;
    const timer = setTimeout(tick, Math.max(0, (seconds + 1) * 1000 - passedMs()));
    document.addEventListener('visibilitychange', tick);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', tick);
    };
  }, [isCounting, at, seconds, ticks]);

  return seconds;
}

/** Whether `delayMs` have passed since `at`. A clock that is set meanwhile changes nothing. */
export function useHasPassed(at: number | null, delayMs: number): boolean {
  const [, check] = useReducer((count: number) => count + 1, 0);
  const anchor = useRef({ at: Number.NaN, passedMs: 0, elapsed: 0 });
  if (at !== null && anchor.current.at !== at) {
    anchor.current = { at, passedMs: Date.now() - at, elapsed: performance.now() };
  }
  const leftMs = () =>
    delayMs - anchor.current.passedMs - (performance.now() - anchor.current.elapsed);
  const isDue = at !== null && leftMs() <= 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is left is counted from `at`.
  useEffect(() => {
    if (at === null || isDue) return undefined;
    let timer = setTimeout(look, Math.max(0, leftMs()));
    // A timer may fire early.
    function look() {
      if (leftMs() <= 0) check();
      else timer = setTimeout(look, leftMs());
    }
    return () => clearTimeout(timer);
  }, [at, delayMs, isDue]);
  return isDue;
}
