import type { AddressWishes } from './contract.js';
import { invalidAddress } from './invalid-address.js';

/** How the media may be carried; `auto` leaves it to the server. */
export const TRANSPORTS = ['auto', 'udp', 'tcp', 'relay', 'all'] as const;

/** The form of an address, for an app that gave something else. */
export const ADDRESS_SHAPE = 'It should look like wss://live-….qencode.com:3334/qlive/….';

/**
 * Makes of `url` the address of one stream: the key becomes the last path element, and what
 * OvenMediaEngine reads from an address is added, only where absent: that we send, and over which
 * transport. A signed URL (`policy`, `signature`) is left as it is, because its signature covers
 * every character.
 * @throws BroadcastError `invalid-options`
 */
export function completeOmeAddress(
  url: URL,
  { streamKey, transport = 'auto', complain }: AddressWishes,
): void {
  if (!isSigned(url)) {
    appendKey(url, parseKey(streamKey));
    if (url.pathname.split('/').filter(Boolean).length < 2) {
      throw invalidAddress(
        `The server URL names no stream. ${ADDRESS_SHAPE} Pass the whole server_urls.webrtc value, or the stream key beside it.`,
      );
    }
    addParameter(url, 'direction', 'send');
    if (transport !== 'auto') addParameter(url, 'transport', transport);
  }
  checkTransport(url, transport, complain);
}

/**
 * Makes of `url` the WHIP address of one stream. The key becomes its last path element, unless it is
 * somewhere in the path or the query already; a server that knows the stream by its token needs none.
 * At an address of OvenMediaEngine, known by its ports or its own parameter, that we speak WHIP is
 * added, only where absent. A signed URL is left as it is.
 * @throws BroadcastError `invalid-options`
 */
export function completeWhipAddress(
  url: URL,
  { streamKey, transport = 'auto', complain }: AddressWishes,
): void {
  if (!isSigned(url)) {
    const key = parseKey(streamKey);
    if (![...url.searchParams.values()].includes(key)) appendKey(url, key, 0);
    // The ws address of the same stream, but for its beginning.
    url.search = url.search.replace(/\bdirection=send\b/, 'direction=whip');
    if (/^333[34]$/.test(url.port)) addParameter(url, 'direction', 'whip');
    const isOme = url.searchParams.get('direction') === 'whip';
    if (isOme && transport !== 'auto') addParameter(url, 'transport', transport);
  }
  checkTransport(url, transport, complain);
}

/** Its signature covers every character. */
function isSigned({ searchParams }: URL): boolean {
  return searchParams.has('policy') || searchParams.has('signature');
}

function checkTransport(url: URL, transport: string, complain: AddressWishes['complain']): void {
  if (transport === 'auto' || transportOf(url) === transport) return;
  complain?.(
    `The option transport has no effect: the server URL is signed, names a transport itself, or is not one of OvenMediaEngine. Ask for one with transport=${transport} in it.`,
  );
}

/** The transport that an address asks for, in small letters; `undefined` where it leaves the choice. */
export function transportOf({ searchParams }: URL): string | undefined {
  return searchParams.get('transport')?.toLowerCase();
}

/** The key as it was given; `%` may stand in it where it encodes a character of a key. */
function parseKey(streamKey: unknown): string {
  if (streamKey === undefined || streamKey === null) return '';
  if (typeof streamKey !== 'string') {
    throw invalidAddress('The stream key is not a text. Pass the stream_key value of the stream.');
  }
  const key = streamKey.trim();
  const decoded = decode(key);
  // An element of dots alone would take the path apart.
  if (decoded === null || /[\s/\\?#]|^\.{1,2}$/.test(decoded)) {
    throw invalidAddress(
      'The stream key holds a character that no key has: a space, a slash, or one of \\ ? # %. Copy the stream_key value of the stream again.',
    );
  }
  return key;
}

/**
 * The first element is the application, which may well be named as the key is; of those behind it
 * any may be the key, in whichever of the spellings that mean the same (RFC 3986 section 6.2.2).
 * The elements are looked at `from` this one.
 */
function appendKey(url: URL, key: string, from = 1): void {
  const elements = url.pathname.split('/').filter(Boolean);
  const name = nameOf(key);
  if (key === '' || elements.slice(from).some((element) => nameOf(element) === name)) return;
  const written = /%/.test(key) ? key : encodeURIComponent(key);
  url.pathname = `/${[...elements, written].join('/')}`;
}

function nameOf(element: string): string {
  return (decode(element) ?? element).normalize('NFC');
}

/** `null` for what is not percent-encoded text. */
function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** Appends to the text of the query: `searchParams` would write the other parameters anew. */
function addParameter(url: URL, name: string, value: string): void {
  if (url.searchParams.has(name)) return;
  const query = url.search.replace(/^\?/, '');
  url.search = query === '' ? `${name}=${value}` : `${query}&${name}=${value}`;
}
