import { keptPart } from '../foundation/kept-part.js';
import type { SignalingAdapter } from './contract.js';
import { notLoaded } from './not-loaded.js';
import type { OmeHints } from './ome-signaling.js';
import { omeAdapter } from './ome-signaling.js';
import type { Scheme } from './protocols.js';
import type { WhipHints } from './whip-signaling.js';

/** Facts that the broadcaster knows beside the address, for an adapter that has a use for them. */
export type PublishHints = OmeHints & WhipHints;

/** How each protocol publishes. */
const ADAPTERS: Readonly<Record<Scheme, (url: URL, hints: PublishHints) => SignalingAdapter>> = {
  'ws:': omeAdapter,
  'wss:': omeAdapter,
  'http:': whipAdapterOnUse,
  'https:': whipAdapterOnUse,
};

/** The adapter for `url`, which `parseIngestUrl` made. */
export function adapterFor(url: URL, hints: PublishHints): SignalingAdapter {
  return ADAPTERS[url.protocol as Scheme](url, hints);
}

/** With what it offers, which the adapter asks its peer for at once. */
const whip = keptPart(async () => {
  const [part] = await Promise.all([import('./whip-signaling.js'), import('../peer/offering.js')]);
  return part;
}, notLoaded);

/** Loads the adapter, of which a page that publishes over WebSocket loads nothing. */
function whipAdapterOnUse(url: URL, hints: PublishHints): SignalingAdapter {
  const adapter = (signal: AbortSignal) =>
    whip(signal).then(({ whipAdapter }) => whipAdapter(url, hints));
  return {
    load: whip,
    publish: async (context) => (await adapter(context.signal)).publish(context),
    isReachable: (attempt, signal) =>
      adapter(signal).then(
        (part) => part.isReachable(attempt, signal),
        () => false,
      ),
  };
}
