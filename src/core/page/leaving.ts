import { listen } from '../foundation/listen.js';

/**
 * Callbacks for a page that is left, for good or for the back-forward cache, and comes back out of
 * it.
 */
export type LeavingNews = 'page-left' | 'page-returned';

/**
 * Tells of the page being left, when only what happens at once still happens, and of its coming back,
 * until `signal` aborts; nothing where there is no page.
 */
export function watchLeaving(tell: (news: LeavingNews) => void, signal: AbortSignal): void {
  if (typeof window === 'undefined') return;
  // Not `unload`: a listener for that keeps a page out of the cache.
  listen(window, 'pagehide', () => tell('page-left'), signal);
  listen(
    window,
    'pageshow',
    (event) => {
      if ((event as PageTransitionEvent).persisted) tell('page-returned');
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
