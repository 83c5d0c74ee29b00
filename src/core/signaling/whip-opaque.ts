import { BroadcastError } from '../errors.js';
import { sleep } from '../foundation/time.js';
import { checkReachability } from './check-reachability.js';
import { POLICY_MS } from './page-policy.js';

/** An answer that takes longer than this, in milliseconds, is not waited for. */
const ANSWER_MS = 3_000;

/**
 * Why a request to `url`, a credential, ended without a response: browsers say the same of a server
 * that keeps its errors from pages of other origins (CORS), of mixed content, of a certificate that
 * they do not trust and of nobody there. `forbidden` resolves when it was the page's own policy.
 * Rejects with the signal's reason alone.
 */
export async function explainOpaque(
  url: URL,
  forbidden: Promise<void>,
  signal: AbortSignal,
): Promise<BroadcastError> {
  if (isMixed(url)) {
    return new BroadcastError(
      'invalid-options',
      'The server URL begins with http://, which a page on https may not ask. Use the https:// address of the server.',
    );
  }
  const isForbidden = await Promise.race([
    forbidden.then(() => true),
    sleep(POLICY_MS, signal).then(() => false),
  ]);
  if (isForbidden) return blockedByPolicy(url);
  const answer = await checkReachability(url, { ms: ANSWER_MS, signal }).catch(() => {
    signal.throwIfAborted();
    return 'none' as const;
  });
  if (answer === 'answered') return keptFromPage(url);
  return unreachable(url);
}

function isMixed({ protocol, hostname }: URL): boolean {
  const isPageSecure = typeof location !== 'undefined' && location.protocol === 'https:';
  // Browsers trust their own machine.
  const isOwn = /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
  return isPageSecure && protocol === 'http:' && !isOwn;
}

function keptFromPage({ host }: URL): BroadcastError {
  return new BroadcastError(
    'handshake-refused',
    `A server answers at ${host}, but this page may not read what it says: the answer has no CORS headers. Many servers leave them out of refusals, so the stream may be taken or not started, or the address or the token is wrong. Check those; if all are right, whoever runs the server has to allow this page's origin.`,
  );
}

function blockedByPolicy({ origin, host }: URL): BroadcastError {
  return new BroadcastError(
    'blocked-by-content-policy',
    `This page's own content security policy forbids the connection to ${host}. Whoever runs the page has to add ${origin} to its connect-src directive.`,
  );
}

function unreachable({ protocol, host }: URL): BroadcastError {
  return new BroadcastError(
    'unreachable',
    `The server at ${host} could not be reached. Check the network, that the server URL is right, and that the stream is started.${
      protocol === 'https:'
        ? ` If https://${host} in a new tab shows a warning about a certificate, that is the reason.`
        : ''
    }`,
  );
}
