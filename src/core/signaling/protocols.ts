import { BroadcastError } from '../errors.js';
import type { AddressWishes } from './contract.js';
import { invalidAddress } from './invalid-address.js';
import { ADDRESS_SHAPE, completeOmeAddress } from './ome-address.js';

export { ADDRESS_SHAPE, TRANSPORTS } from './ome-address.js';

/** What is known of a protocol before anything is published with it; `adapters.ts` has the rest. */
interface Protocol {
  /**
   * Makes of `url` the address of one stream, which the adapter is made with.
   * @throws BroadcastError `invalid-options`
   */
  complete(url: URL, wishes: AddressWishes): void;
}

const OME: Protocol = { complete: completeOmeAddress };

/** The protocols that streams are published with, by the scheme of their addresses. */
const PROTOCOLS = { 'ws:': OME, 'wss:': OME };

/** The scheme of an address that can be published to. */
export type Scheme = keyof typeof PROTOCOLS;

/**
 * The protocol of `url`.
 * @throws BroadcastError `unsupported` for an address of WHIP, `invalid-options` for any other.
 */
export function protocolOf({ protocol }: URL): Protocol {
  const known: Protocol | undefined = PROTOCOLS[protocol as Scheme];
  if (known !== undefined) return known;
  throw /^https?:$/.test(protocol)
    ? new BroadcastError(
        'unsupported',
        'The server URL is an http address, which means WHIP, and that is not here yet. Use the ws or wss address of the ingest.',
      )
    : invalidAddress(`The server URL has to begin with wss:// or ws://. ${ADDRESS_SHAPE}`);
}
