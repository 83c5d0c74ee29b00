import { BroadcastError } from '../errors.js';
import type { AddressWishes, SignalingAdapter } from './contract.js';
import { invalidAddress } from './invalid-address.js';
import { ADDRESS_SHAPE, completeOmeAddress } from './ome-address.js';
import type { OmeHints } from './ome-signaling.js';
import { omeAdapter } from './ome-signaling.js';

export { ADDRESS_SHAPE, TRANSPORTS } from './ome-address.js';

/** Facts that the broadcaster knows beside the address, for an adapter that has a use for them. */
export type PublishHints = OmeHints;

/** One protocol that streams are published with. */
interface Protocol {
  /**
   * Makes of `url` the address of one stream, which the adapter is made with.
   * @throws BroadcastError `invalid-options`
   */
  complete(url: URL, wishes: AddressWishes): void;
  adapter(url: URL, hints: PublishHints): SignalingAdapter;
}

const OME: Protocol = { complete: completeOmeAddress, adapter: omeAdapter };

/** The one place that knows protocols, by the scheme of their addresses. */
const PROTOCOLS: Readonly<Record<string, Protocol>> = { 'ws:': OME, 'wss:': OME };

/**
 * The protocol of `url`.
 * @throws BroadcastError `unsupported` for an address of WHIP, `invalid-options` for any other.
 */
export function protocolOf({ protocol }: URL): Protocol {
  const known = PROTOCOLS[protocol];
  if (known !== undefined) return known;
  throw /^https?:$/.test(protocol)
    ? new BroadcastError(
        'unsupported',
        'The server URL is an http address, which means WHIP, and that is not here yet. Use the ws or wss address of the ingest.',
      )
    : invalidAddress(`The server URL has to begin with wss:// or ws://. ${ADDRESS_SHAPE}`);
}

/** The adapter for `url`, which `parseIngestUrl` made. */
export function adapterFor(url: URL, hints: PublishHints): SignalingAdapter {
  return protocolOf(url).adapter(url, hints);
}
