import type { SignalingAdapter } from './contract.js';
import type { OmeHints } from './ome-signaling.js';
import { omeAdapter } from './ome-signaling.js';
import type { Scheme } from './protocols.js';

/** Facts that the broadcaster knows beside the address, for an adapter that has a use for them. */
export type PublishHints = OmeHints;

/** How each protocol publishes. */
const ADAPTERS: Readonly<Record<Scheme, (url: URL, hints: PublishHints) => SignalingAdapter>> = {
  'ws:': omeAdapter,
  'wss:': omeAdapter,
};

/** The adapter for `url`, which `parseIngestUrl` made. */
export function adapterFor(url: URL, hints: PublishHints): SignalingAdapter {
  return ADAPTERS[url.protocol as Scheme](url, hints);
}
