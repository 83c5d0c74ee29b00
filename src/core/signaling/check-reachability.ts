import { childOf, ended } from '../foundation/abort.js';
import { sleep, within } from '../foundation/time.js';
import { POLICY_MS, policyForbids } from './page-policy.js';

/**
 * After WebSockets that could not be opened, browsers hold the next ones back: Chromium after some
 * 14 of a page, for up to five seconds (services/network/websocket_throttler.cc), Firefox each one
 * half as long again as the one before (netwerk/protocol/websocket); requests over HTTP they do not.
 * So the first attempts go straight to the socket, later ones ask over HTTP first, but for a few, in
 * case that whatever is there answers to nothing else, or that the browser withholds its answer, as
 * where a Cross-Origin-Resource-Policy keeps it for others. In two minutes those few are not 14.
 */
export function checksFirst(attempt: number): boolean {
  return attempt > 5 && attempt % 16 !== 0;
}

/**
 * Origins that the page's policy forbade are not asked again: a policy can only become stricter.
 */
const forbiddenOrigins = new Set<string>();

/**
 * Asks the host of `url` for any answer over HTTP within `ms`, whatever it says; `forbidden` where
 * the page's policy does not let it ask, or its service worker answered in place of the host. Of the
 * URL, which may be a credential, nothing but the host is used. Rejects when there is no answer, or
 * with the signal's reason.
 */
export async function checkReachability(
  url: URL,
  { ms, signal }: { ms: number; signal: AbortSignal },
): Promise<'answered' | 'forbidden'> {
  const origin = `${/^(wss|https):$/.test(url.protocol) ? 'https' : 'http'}://${url.host}`;
  if (forbiddenOrigins.has(origin)) return 'forbidden';
  const asking = childOf(signal);
  const forbidden = policyForbids(new URL(origin), asking.signal).then(() => {
    forbiddenOrigins.add(origin);
    return 'forbidden' as const;
  });
  const asked = fetch(`${origin}/`, {
    method: 'HEAD',
    // The answer is not for this page to read; that there is one says enough.
    mode: 'no-cors',
    cache: 'no-store',
    credentials: 'omit',
    referrerPolicy: 'no-referrer',
    signal: asking.signal,
  }).then(
    // An answer of another origin is opaque, however a worker hands it on. An answer that a worker
    // kept is not, and it can keep none to a HEAD.
    ({ type }) => (type === 'opaque' || !isControlled() ? 'answered' : 'forbidden'),
    () => {
      const unheard = sleep(POLICY_MS, asking.signal).then(() => Promise.reject(unanswered()));
      return Promise.race([forbidden, unheard]);
    },
  );
  try {
    return await within(asked, ms, unanswered, signal);
  } finally {
    asking.abort(ended('request'));
  }
}

/** Whether a service worker stands between this page and the network. */
function isControlled(): boolean {
  return (globalThis.navigator?.serviceWorker?.controller ?? null) !== null;
}

/** Never shown: whoever asked says in its own words what that means. */
function unanswered(): Error {
  return new Error('No answer over HTTP.');
}
