import type { AddressWishes } from './contract.js';
import { invalidAddress } from './invalid-address.js';
import { ADDRESS_SHAPE, protocolOf } from './protocols.js';

/** The input of `parseIngestUrl`. */
export interface IngestAddress extends AddressWishes {
  readonly serverUrl: unknown;
}

/**
 * The URL to publish to, from the `server_urls.webrtc` value and the stream key, completed as its
 * protocol wants it. The result is a publish credential: never log it.
 * @throws BroadcastError `invalid-options`.
 */
export function parseIngestUrl({ serverUrl, ...wishes }: IngestAddress): URL {
  const url = parseUrl(serverUrl);
  protocolOf(url).complete(url, wishes);
  return url;
}

function parseUrl(serverUrl: unknown): URL {
  if (typeof serverUrl !== 'string' || serverUrl.trim() === '') {
    throw invalidAddress(`The server URL is not a text with an address in it. ${ADDRESS_SHAPE}`);
  }
  try {
    const url = new URL(serverUrl.trim());
    // A fragment never goes over the wire, and WebSocket refuses to be made with one.
    url.hash = '';
    return url;
  } catch {
    // The browser's own error repeats the address, and the key with it.
    throw invalidAddress(`The server URL is not a whole address. ${ADDRESS_SHAPE}`);
  }
}
