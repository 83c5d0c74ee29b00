'use client';

import type { KeyboardEvent, MouseEvent } from 'react';
import { useEffect, useRef, useState } from 'react';
import { mayPressAt, PRESS_REST_MS } from './press-rest.js';

/** The props of a guarded button; spread them over it last. */
export interface GuardedButtonProps {
  /** Gets every press, and passes on those that count. */
  readonly onClick: (event: MouseEvent<HTMLButtonElement>) => void;
  /** Lets a key that is held down press once. */
  readonly onKeyDown: (event: KeyboardEvent<HTMLButtonElement>) => void;
  /** While a press does not count; it keeps the focus, which `disabled` would take away. */
  readonly 'aria-disabled': true | undefined;
  /** Beside `aria-disabled`: a button that rests for a moment need not look as if it could not be pressed. */
  readonly 'data-resting': true | undefined;
}

/** Gives a button's own handlers the guard; `onClick` then gets only presses that count. */
export type PressGuard = (handlers: {
  readonly onClick: (event: MouseEvent<HTMLButtonElement>) => void;
  readonly onKeyDown?: ((event: KeyboardEvent<HTMLButtonElement>) => void) | undefined;
}) => GuardedButtonProps;

/**
 * Guards a button that means different things at different times, as "Go live" becomes "Stop", or
 * several of them that take each other's place. A press counts once: not within half a second of
 * the press before, nor of a change of `meaning`, and a key that is held down counts once too. So
 * neither a double-click, nor a double tap, nor Enter pressed twice reaches what comes next.
 *
 * `const guard = usePressGuard(isLive ? 'stop' : 'start')`, then
 * `<button {...guard({ onClick: … })}>`.
 */
export function usePressGuard(meaning: string): PressGuard {
  // The meaning that is seen, and since when; one that is there from the first is no change.
  const seen = useRef({ meaning, since: Number.NEGATIVE_INFINITY });
  const clicks = useRef(0);
  const [shown, setShown] = useState(() => meaning);
  const [isResting, setIsResting] = useState(false);
  if (shown !== meaning) {
    setShown(() => meaning);
    setIsResting(true);
  }

  useEffect(() => {
    if (seen.current.meaning !== meaning) seen.current = { meaning, since: performance.now() };
    if (!isResting) return undefined;
    const leftMs = seen.current.since + PRESS_REST_MS - performance.now();
    const timer = setTimeout(() => setIsResting(false), Math.max(0, leftMs));
    return () => clearTimeout(timer);
  }, [meaning, isResting]);

  const counts = ({ nativeEvent, currentTarget, detail }: MouseEvent<HTMLButtonElement>) => {
    // A page that was busy hears late of a press, which is judged by when it was made. Each clock
    // is compared with itself only.
    const lateMs = new Event('click').timeStamp - nativeEvent.timeStamp;
    const at = performance.now() - Math.max(0, lateMs);
    // The second click of two whose first one hit what was here before.
    const isOthers = detail > 1 && clicks.current !== detail - 1;
    clicks.current = detail;
    if (
      isOthers ||
      seen.current.meaning !== meaning ||
      at - seen.current.since < PRESS_REST_MS ||
      // Only a press without a pointer, which is a key's, follows the focus.
      (detail === 0 && !mayPressAt(currentTarget, at))
    ) {
      return false;
    }
    seen.current.since = at;
    setIsResting(true);
    return true;
  };
  return ({ onClick, onKeyDown }) => ({
    onClick(event) {
      if (counts(event)) onClick(event);
      else event.preventDefault();
    },
    onKeyDown(event) {
      onKeyDown?.(event);
      // A browser presses a button again and again while Enter is held.
      if (event.repeat && (event.key === 'Enter' || event.key === ' ')) event.preventDefault();
    },
    'aria-disabled': isResting || undefined,
    'data-resting': isResting || undefined,
  });
}
