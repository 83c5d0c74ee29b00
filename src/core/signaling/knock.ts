import { childOf, ended } from '../foundation/abort.js';
import { listen } from '../foundation/listen.js';
import { sleep, within } from '../foundation/time.js';

/** How soon after a request that it forbade a page's policy says so, in milliseconds. */
const POLICY_MS = 100;

/**
 * After WebSockets that could not be opened, browsers hold the next ones back: Chromium after some
 * 14 of a page, for up to five seconds (services/network/websocket_throttler.cc), Firefox each one
 * half as long again as the one before (netwerk/protocol/websocket); requests over HTTP they do not.
 * So the first attempts go straight to the socket, later ones ask over HTTP first, but for a few, in
 * case that whatever is there answers to nothing else.
 */
export function knocksFirst(attempt: number): boolean {
  return attempt > 5 && attempt % 64 !== 0;
}

/**
 * Asks the host of `url` for any answer over HTTP, whatever it says, within `ms`; a page whose
 * policy forbids the asking counts as answered. Of the URL, which is a credential, nothing but the
 * host is used. Rejects with `away()` when there is no answer.
 */
export async function knock(
  url: URL,
  { ms, away, signal }: { ms: number; away: () => Error; signal: AbortSignal },
): Promise<void> {
  const asking = childOf(signal);
  const origin = `${url.protocol === 'wss:' ? 'https:' : 'http:'}//${url.host}`;
  const forbidden = policyForbids(origin, asking.signal);
  const asked = fetch(`${origin}/`, {
    method: 'HEAD',
    // The answer is not for this page to read; that there is one says enough.
    mode: 'no-cors',
    cache: 'no-store',
    credentials: 'omit',
    referrerPolicy: 'no-referrer',
    signal: asking.signal,
  }).then(
    () => {},
    () => {
      const unheard = sleep(POLICY_MS, asking.signal).then(() => Promise.reject(away()));
      return Promise.race([forbidden, unheard]);
    },
  );
  try {
    await within(asked, ms, away, signal);
  } finally {
    asking.abort(ended('request'));
  }
}

/** Resolves when the page's content security policy turns out to forbid requests to this origin. */
function policyForbids(origin: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (typeof document === 'undefined') return;
    const check = (event: Event) => {
      if ((event as SecurityPolicyViolationEvent).blockedURI.startsWith(origin)) resolve();
    };
    listen(document, 'securitypolicyviolation', check, signal);
  });
}
