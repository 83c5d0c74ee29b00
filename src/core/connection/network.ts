/** What the browser says of the network. It is a hint: `online` is true behind a dead router too. */
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
}

/** What a page notices of its network. */
export type NetworkHappening =
  | { readonly type: 'network-online' }
  | { readonly type: 'network-offline' }
  /** Another network, or another address on it. */
  | { readonly type: 'network-changed' }
  /** The clock jumped ahead: the machine slept, and its network may have gone meanwhile. */
  | { readonly type: 'woke-up' };

/** For how long a doubt explains what goes wrong after it. */
const DOUBT_MS = 5_000;

export const INITIAL_NETWORK: Network = { online: true, doubt: null };

/** The network after `event`; the same reference when the event says nothing new. */
export function networkTransition(
  network: Network,
  { type, at }: NetworkHappening & { readonly at: number },
): Network {
  switch (type) {
    case 'network-online':
      if (network.online) return network;
      return { online: true, doubt: { kind: 'network-changed', at } };
    case 'network-offline':
      return network.online ? { online: false, doubt: { kind: 'offline', at } } : network;
    case 'network-changed':
    case 'woke-up':
      return { ...network, doubt: { kind: network.online ? type : 'offline', at } };
  }
}

/** What explains trouble at `at` (epoch milliseconds), where the browser said anything of late. */
export function doubtAt({ online, doubt }: Network, at: number): NetworkDoubt['kind'] | null {
  if (!online) return 'offline';
  // A doubt from the future is one from before the clock was set back.
  const isRecent = doubt !== null && at >= doubt.at && at - doubt.at < DOUBT_MS;
  return isRecent ? doubt.kind : null;
}
