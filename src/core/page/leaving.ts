import { listen } from '../foundation/listen.js';

/** Whom to tell of a page that goes and comes. */
export interface PageListener {
  /** The page is being left; only what happens at once still happens. */
  left(): void;
  /** The page came back out of the browser's back-forward cache. */
  returned(): void;
}

/** Tells of the page being left and coming back, until `signal` aborts; nothing where there is no page. */
export function watchLeaving({ left, returned }: PageListener, signal: AbortSignal): void {
  if (typeof window === 'undefined') return;
  // Not `unload`: a listener for that keeps a page out of the cache.
  listen(window, 'pagehide', left, signal);
  listen(
    window,
    'pageshow',
    (event) => {
      if ((event as PageTransitionEvent).persisted) returned();
    },
    signal,
  );
}

/** Lets the browser ask before the page is left while `isWanted()`, until `signal` aborts. */
export function warnBeforeLeaving(isWanted: () => boolean, signal: AbortSignal): void {
  if (typeof window === 'undefined') return;
  listen(
    window,
    'beforeunload',
    (event) => {
      if (!isWanted()) return;
      event.preventDefault();
      // Browsers of before 2023 ask only for this.
      Reflect.set(event, 'returnValue', 'live');
    },
    signal,
  );
}
