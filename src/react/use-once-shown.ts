import { useSyncExternalStore } from 'react';
import { KEEP_FILES } from '../core/foundation/keep-files.js';
import { warnOnce } from '../core/foundation/warn-once.js';

/** The code that a page needs only once it shows its first screen. */
export type OnceShown = typeof import('./once-shown.js');

let part: OnceShown | null = null;
let loading: Promise<void> | null = null;
const listeners = new Set<() => void>();

/**
 * Loads that part where it is not there yet. Without it notices say what an error says of itself,
 * nothing is announced, and nothing is said of health; the next call tries again.
 */
export function loadOnceShown(
  load: () => Promise<OnceShown> = () => import('./once-shown.js'),
): Promise<void> {
  loading ??= load().then(
    (loaded) => {
      part = loaded;
      for (const listener of listeners) listener();
    },
    () => {
      loading = null;
      warnOnce(`A file of the kit could not be loaded. Notices say less without it. ${KEEP_FILES}`);
    },
  );
  return loading;
}

/** That part; `null` until it is loaded, and on a server. */
export function useOnceShown(): OnceShown | null {
  return useSyncExternalStore(subscribe, current, onServer);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const current = () => part;
const onServer = () => null;
