import { BroadcastError } from '../errors.js';
import { checkReachability } from './check-reachability.js';
import { unreachable } from './ome-socket.js';

/** An answer that takes longer than this, in milliseconds, is not waited for. */
const ANSWER_MS = 3_000;

/**
 * Why no WebSocket to `url` could be opened, as far as requests over HTTP can tell: a browser says
 * the same of a server that refuses the handshake, of one whose certificate it does not trust, of
 * TLS on one side alone, and of nobody there. Of the URL, a credential, only the host is used.
 */
export async function explainAway(url: URL, signal: AbortSignal): Promise<BroadcastError> {
  const isSecure = url.protocol === 'wss:';
  // A page on https may not ask over http, and its console would say so.
  const mayAskPlain = typeof location === 'undefined' || location.protocol !== 'https:';
  const ask = (scheme: 'http' | 'https') =>
    checkReachability(new URL(`${scheme}://${url.host}/`), { ms: ANSWER_MS, signal }).catch(
      () => 'none' as const,
    );
  const same = await ask(isSecure ? 'https' : 'http');
  // A policy that forbids the one forbids the other, and the console would say so twice.
  if (same === 'forbidden') return unreachable(url);
  if (isSecure && same === 'answered') return handshakeRefused(url);
  if (isSecure)
    return mayAskPlain && (await ask('http')) === 'answered' ? untrusted(url) : unreachable(url);
  // Asked in any case: some servers also tell whoever comes without TLS that they want it.
  if ((await ask('https')) === 'answered') return speaksTls(url);
  return same === 'answered' ? handshakeRefused(url) : unreachable(url);
}

/** A server is there, and does not take the socket. */
export function handshakeRefused({ host }: URL): BroadcastError {
  return new BroadcastError(
    'handshake-refused',
    `A server answers at ${host}, but it refused the connection for a broadcast: the address is wrong, the stream is over, or this is no ingest. Check the server URL, and start the stream again.`,
  );
}

function untrusted({ host }: URL): BroadcastError {
  return new BroadcastError(
    'handshake-refused',
    `A server answers at ${host}, but no secure connection to it comes about: the browser does not trust its certificate, or it takes ws:// addresses only. Open https://${host} in a new tab, where the browser says which.`,
  );
}

function speaksTls({ host }: URL): BroadcastError {
  return new BroadcastError(
    'invalid-options',
    `The server at ${host} takes secure connections only, and the server URL begins with ws://. Let it begin with wss://.`,
  );
}
