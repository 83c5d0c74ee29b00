import type { AddressWishes } from './contract.js';
import { invalidAddress } from './invalid-address.js';
import { ADDRESS_SHAPE, completeOmeAddress, completeWhipAddress } from './ome-address.js';

export { ADDRESS_SHAPE, TRANSPORTS } from './ome-address.js';

/** The facts about a protocol before anything is published with it; `adapters.ts` has the rest. */
interface Protocol {
  /**
   * Makes of `url` the address of one stream, which the adapter is made with.
   * @throws BroadcastError `invalid-options`
   */
  complete(url: URL, wishes: AddressWishes): void;
}

const OME: Protocol = { complete: completeOmeAddress };
const WHIP: Protocol = { complete: completeWhipAddress };

/** The protocols that streams are published with, by the scheme of their addresses. */
const PROTOCOLS = { 'ws:': OME, 'wss:': OME, 'http:': WHIP, 'https:': WHIP };

/** The scheme of an address that can be published to. */
export type Scheme = keyof typeof PROTOCOLS;

/**
 * The protocol of `url`.
 * @throws BroadcastError `invalid-options`.
 */
export function protocolOf({ protocol }: URL): Protocol {
  const known: Protocol | undefined = PROTOCOLS[protocol as Scheme];
  if (known !== undefined) return known;
  throw invalidAddress(
    `The server URL has to begin with wss:// or, for a WHIP server, https://. ${ADDRESS_SHAPE}`,
  );
}
