import { BroadcastError } from '../errors.js';
import { protocolOf } from './adapters.js';
import type { Transport } from './ome-address.js';

/** What `parseIngestUrl` is told. */
export interface IngestAddress {
  readonly serverUrl: unknown;
  readonly streamKey?: unknown;
  readonly transport?: Transport;
}

const SHAPE = 'It should look like wss://live-….qencode.com:3334/qlive/….';

/**
 * The WebSocket URL to publish to, from the `server_urls.webrtc` value and the stream key. The key
 * becomes the last path element, and what its protocol wants is added, only where absent; a signed URL
 * (`policy`, `signature`) is used as it is, because its signature covers every character.
 * The result is a publish credential: never log it.
 * @throws BroadcastError `invalid-options`, or `unsupported` for a WHIP URL.
 */
export function parseIngestUrl({ serverUrl, streamKey, transport = 'auto' }: IngestAddress): URL {
  const url = parseUrl(serverUrl);
  if (url.searchParams.has('policy') || url.searchParams.has('signature')) return url;
  appendKey(url, parseKey(streamKey));
  if (url.pathname.split('/').filter(Boolean).length < 2) {
    throw invalid(
      `The server URL names no stream. ${SHAPE} Pass the whole server_urls.webrtc value, or the stream key beside it.`,
    );
  }
  protocolOf(url)?.complete(url, transport);
  return url;
}

function parseUrl(serverUrl: unknown): URL {
  if (typeof serverUrl !== 'string' || serverUrl.trim() === '') {
    throw invalid(`The server URL is not a text with an address in it. ${SHAPE}`);
  }
  let url: URL;
  try {
    url = new URL(serverUrl.trim());
  } catch {
    // The browser's own error repeats the address, and the key with it.
    throw invalid(`The server URL is not a whole address. ${SHAPE}`);
  }
  if (protocolOf(url) === undefined) throw unknownProtocol(url);
  // A fragment never goes over the wire, and WebSocket refuses to be made with one.
  url.hash = '';
  return url;
}

function unknownProtocol(url: URL): BroadcastError {
  if (url.protocol === 'http:' || url.protocol === 'https:') {
    return new BroadcastError(
      'unsupported',
      'The server URL is an http address, which means WHIP, and that is not here yet. Use the ws or wss address of the ingest.',
    );
  }
  return invalid(`The server URL has to begin with wss:// or ws://. ${SHAPE}`);
}

/** The key as it was given; `%` may stand in it where it encodes a character of a key. */
function parseKey(streamKey: unknown): string {
  if (streamKey === undefined || streamKey === null) return '';
  if (typeof streamKey !== 'string') {
    throw invalid('The stream key is not a text. Pass the stream_key value of the stream.');
  }
  const key = streamKey.trim();
  const decoded = decode(key);
  // An element of dots alone would take the path apart.
  if (decoded === null || /[\s/\\?#]|^\.{1,2}$/.test(decoded)) {
    throw invalid(
      'The stream key holds a character that no key has: a space, a slash, or one of \\ ? # %. Copy the stream_key value of the stream again.',
    );
  }
  return key;
}

/**
 * The first element is the application, which may well be named as the key is; of those behind it
 * any may be the key, in whichever of the spellings that mean the same (RFC 3986 section 6.2.2).
 */
function appendKey(url: URL, key: string): void {
  const elements = url.pathname.split('/').filter(Boolean);
  const name = nameOf(key);
  if (key === '' || elements.slice(1).some((element) => nameOf(element) === name)) return;
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

function invalid(message: string): BroadcastError {
  return new BroadcastError('invalid-options', message);
}
