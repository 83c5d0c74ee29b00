import { listen } from '../foundation/listen.js';

/** News of a page's network. */
export type NetworkNews = 'network-online' | 'network-offline' | 'network-changed';

/**
 * Tells how the network stands, and of each change, until `signal` aborts. Where there is no page
 * it tells nothing.
 */
export function watchNetwork(tell: (news: NetworkNews) => void, signal: AbortSignal): void {
  if (typeof window === 'undefined' || typeof navigator === 'undefined') return;
  listen(window, 'online', () => tell('network-online'), signal);
  listen(window, 'offline', () => tell('network-offline'), signal);
  watchConnection(() => tell('network-changed'), signal);
  tell(navigator.onLine === false ? 'network-offline' : 'network-online');
}

/** Tells of another kind of network, where the browser does: Chromium on phones and Chromebooks. */
function watchConnection(changed: () => void, signal: AbortSignal): void {
  const connection: unknown = Reflect.get(navigator, 'connection');
  if (!isConnection(connection)) return;
  // The event tells of each new estimate of the speed as well, which means nothing here.
  let { type } = connection;
  listen(
    connection,
    'change',
    () => {
      if (connection.type === type) return;
      type = connection.type;
      changed();
    },
    signal,
  );
}

function isConnection(
  value: unknown,
): value is EventTarget & { readonly onchange: unknown; readonly type?: unknown } {
  return value instanceof EventTarget;
}
