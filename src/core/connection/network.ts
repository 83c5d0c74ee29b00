/**
 * The network as the browser reports it. It may be wrong: `online` is true behind a dead router
 * too.
 */
export interface Network {
  readonly online: boolean;
  /** The newest reason to doubt the path; `null` while there was none. */
  readonly doubt: NetworkDoubt | null;
}

/** Something that makes it likely that the path to the ingest is gone, before it is measured. */
export interface NetworkDoubt {
  readonly kind: 'offline' | 'network-changed' | 'woke-up';
  /** When it was noticed, in epoch milliseconds. */
  readonly at: number;
  /** When the machine fell asleep that just woke up, in epoch milliseconds; `null` if it did not. */
  readonly sleptFrom: number | null;
}

/** Events of the page's network. */
export type NetworkEvent =
  | { readonly type: 'network-online' }
  | { readonly type: 'network-offline' }
  /** Another network, or another address on it. */
  | { readonly type: 'network-changed' }
  /** The clock jumped ahead: the machine slept, and its network may have gone meanwhile. */
  | { readonly type: 'woke-up'; readonly sleptFrom: number };

/** For how long a doubt explains what goes wrong after it. */
const DOUBT_MS = 5_000;

export const INITIAL_NETWORK: Network = { online: true, doubt: null };

/** The network after `event`; the same reference when the event says nothing new. */
export function networkTransition(
  network: Network,
  event: NetworkEvent & { readonly at: number },
): Network {
  const { at } = event;
  // A machine that wakes up soon has more news of its network; it slept all the same.
  const sleptFrom =
    event.type === 'woke-up' ? event.sleptFrom : (recentDoubt(network, at)?.sleptFrom ?? null);
  switch (event.type) {
    case 'network-online':
      if (network.online) return network;
      return { online: true, doubt: { kind: 'network-changed', at, sleptFrom } };
    case 'network-offline':
      return network.online
        ? { online: false, doubt: { kind: 'offline', at, sleptFrom } }
        : network;
    case 'network-changed':
    case 'woke-up': {
      const kind = network.online ? event.type : 'offline';
      return { ...network, doubt: { kind, at, sleptFrom } };
    }
  }
}

/**
 * Explains an interruption at `at` (epoch milliseconds) by recent news from the browser; else
 * `null`.
 */
export function doubtAt(network: Network, at: number): NetworkDoubt['kind'] | null {
  if (!network.online) return 'offline';
  return recentDoubt(network, at)?.kind ?? null;
}

/**
 * Since when the path may be gone that is interrupted at `at`, having been there at `since`: all
 * epoch milliseconds. A path that broke during sleep may have broken when the machine fell asleep.
 */
export function lostSince(network: Network, at: number, since: number): number {
  const sleptFrom = recentDoubt(network, at)?.sleptFrom ?? at;
  return sleptFrom < since ? at : Math.min(at, sleptFrom);
}

function recentDoubt({ doubt }: Network, at: number): NetworkDoubt | null {
  // A doubt from the future is one from before the clock was set back.
  return doubt !== null && at >= doubt.at && at - doubt.at < DOUBT_MS ? doubt : null;
}
