import { childOf, ended } from '../foundation/abort.js';
import { within } from '../foundation/time.js';

/**
 * Once some 14 WebSockets of a page could not be opened, Chromium holds each further one back for
 * up to five seconds, for minutes (services/network/websocket_throttler.cc; measured); requests
 * over HTTP it does not. So the first attempts go straight to the socket, later ones ask over HTTP
 * first; and some of them do not, for a page's policy may forbid the asking.
 */
export function knocksFirst(attempt: number): boolean {
  return attempt > 5 && attempt % 8 !== 0;
}

/**
 * Asks the host of `url` for any answer over HTTP, whatever it says, within `ms`. Of the URL, which
 * is a credential, nothing but the host is used. Rejects with `away()` when there is none.
 */
export async function knock(
  url: URL,
  { ms, away, signal }: { ms: number; away: () => Error; signal: AbortSignal },
): Promise<void> {
  const asking = childOf(signal);
  const scheme = url.protocol === 'wss:' ? 'https:' : 'http:';
  const answer = fetch(`${scheme}//${url.host}/`, {
    method: 'HEAD',
    // The answer is not for this page to read; that there is one says enough.
    mode: 'no-cors',
    cache: 'no-store',
    credentials: 'omit',
    referrerPolicy: 'no-referrer',
    signal: asking.signal,
  }).catch(() => Promise.reject(away()));
  try {
    await within(answer, ms, away, signal);
  } finally {
    asking.abort(ended('request'));
  }
}
