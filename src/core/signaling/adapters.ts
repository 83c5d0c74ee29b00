import type { SignalingAdapter } from './contract.js';
import { completeOmeAddress, type Transport } from './ome-address.js';
import type { OmeHints } from './ome-signaling.js';
import { omeAdapter } from './ome-signaling.js';

/** What the broadcaster knows beside the address, for whichever adapter has a use for it. */
export type PublishHints = OmeHints;

/** One protocol that streams are published with. */
interface Protocol {
  /** Adds to an address what its server reads from it, where it is missing. */
  complete(url: URL, transport: Transport): void;
  adapter(url: URL, hints: PublishHints): SignalingAdapter;
}

const OME: Protocol = { complete: completeOmeAddress, adapter: omeAdapter };

/** The one place that knows protocols, by the scheme of their addresses. */
const PROTOCOLS: Readonly<Record<string, Protocol>> = { 'ws:': OME, 'wss:': OME };

/** The protocol of `url`; `undefined` where it is that of none. */
export function protocolOf({ protocol }: URL): Protocol | undefined {
  return PROTOCOLS[protocol];
}

/** The adapter for `url`, which `parseIngestUrl` made. */
export function adapterFor(url: URL, hints: PublishHints): SignalingAdapter {
  const protocol = protocolOf(url);
  if (protocol === undefined) throw new Error('There is no adapter for this address.');
  return protocol.adapter(url, hints);
}
