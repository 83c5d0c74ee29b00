import { listen } from '../foundation/listen.js';

/** What a page is told of its network. */
export type NetworkNews = 'online' | 'offline' | 'changed';

/**
 * Tells how the network stands, and of each change, until `signal` aborts. Where there is no page
 * it tells nothing.
 */
export function watchNetwork(tell: (news: NetworkNews) => void, signal: AbortSignal): void {
  if (typeof window === 'undefined' || typeof navigator === 'undefined') return;
  listen(window, 'online', () => tell('online'), signal);
  listen(window, 'offline', () => tell('offline'), signal);
  const connection: unknown = Reflect.get(navigator, 'connection');
  if (isChanging(connection)) listen(connection, 'change', () => tell('changed'), signal);
  tell(navigator.onLine === false ? 'offline' : 'online');
}

/** Chromium tells of another network under `navigator.connection`; the others do not. */
function isChanging(connection: unknown): connection is EventTarget & { onchange: unknown } {
  return connection instanceof EventTarget;
}
