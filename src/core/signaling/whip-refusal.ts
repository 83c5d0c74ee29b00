import type { BroadcastErrorCode } from '../errors.js';
import { BroadcastError } from '../errors.js';
import { isRecord } from '../foundation/guards.js';
import { plainWords } from '../foundation/plain-words.js';
import { retryAfterSeconds } from '../foundation/retry-after.js';
import { addressExpired } from './signed-policy.js';
import type { WhipReply } from './whip-exchange.js';

/** The circumstances of a refused request. */
export interface RefusedRequest {
  /** The address that was asked, a credential. */
  readonly url: URL;
  /** The token that was sent. */
  readonly token: string | null;
  /** Whether a lost session of ours may be what is in the way. */
  readonly mayHoldSession: boolean;
  /** The time on the server's clock, in epoch milliseconds. */
  readonly serverTime: number;
}

/** Statuses that say, on servers of different makes, that a name is taken. */
const MAY_BE_TAKEN: ReadonlySet<number> = new Set([400, 403, 409, 423]);

/**
 * Why a server refused an offer. RFC 9725 section 4.1 wants no status taken for one exact cause, so the
 * words name all that it may be. What the server says of it is repeated as far as it is ordinary
 * words.
 */
export function refusalOf(reply: WhipReply, request: RefusedRequest): BroadcastError {
  const { status, headers, isElsewhere } = reply;
  const { url, token, mayHoldSession, serverTime } = request;
  const hasToken = token !== null;
  const isDenied = [401, 403, 404, 410].includes(status);
  const expired = isDenied ? addressExpired(url, serverTime) : null;
  if (expired !== null) return expired;
  const seconds = retryAfterSeconds(headers, serverTime);
  const told = (code: BroadcastErrorCode, why: string, advice: string) => {
    const said = wordsOf(reply, token ?? '');
    const words = [
      `The server at ${url.host} ${why} (status ${status})${said === null ? '.' : `: “${said}”`}`,
      ...(seconds === null ? [] : [`It asks to wait ${seconds} s.`]),
      advice,
    ];
    const options = seconds === null ? {} : { retryAfterMs: seconds * 1000 };
    return new BroadcastError(code, words.join(' '), options);
  };
  if (mayHoldSession && MAY_BE_TAKEN.has(status)) {
    return told(
      'stream-busy',
      'does not take the stream, most likely because it still holds the last session of this broadcast',
      'It lets go of that within about 30 s. Keep this page open.',
    );
  }
  if (status === 401 || status === 403) {
    const lost =
      isElsewhere && hasToken
        ? ' It was asked through a redirect to another host, and browsers send no token there: use the address of that host.'
        : '';
    return hasToken
      ? told(
          'unauthorized',
          'does not accept the token',
          `It may have expired, or be for another stream. Get a new one.${lost}`,
        )
      : told(
          'unauthorized',
          'does not accept the address, or wants a token',
          'Get a new address, or pass the token of the stream as authToken.',
        );
  }
  if (status === 404 || status === 410) {
    return told(
      'stream-not-found',
      'does not know this stream',
      'The address may be wrong, or the stream is not started. Check the server URL, and start the stream.',
    );
  }
  if (status === 409) {
    return told(
      'stream-busy',
      'has a broadcast of this stream already',
      'Stop the other one. If its page was closed a moment ago, the server lets go of it within about 30 s.',
    );
  }
  if (status === 408) return told('timeout', 'gave up waiting', 'Try again.');
  if (status === 429 || status === 503) {
    return told(
      'handshake-refused',
      'takes no more broadcasts now',
      'Try again later; it may be overloaded, or in maintenance.',
    );
  }
  if (status >= 500) {
    return told(
      'handshake-refused',
      'failed to start the broadcast',
      'Try again; if it stays, whoever runs the server has to look into it.',
    );
  }
  if (status === 405 || status === 501) {
    return told(
      'handshake-refused',
      'takes no offers at this address',
      'Check that the server URL is its WHIP address.',
    );
  }
  if (status >= 400) {
    return told(
      'negotiation-failed',
      'refused the offer',
      'The stream may be taken, or the server wants another codec. Check the server URL, and the options videoCodec and simulcast.',
    );
  }
  return told(
    'protocol-violation',
    'did not create a session, which WHIP answers with status 201',
    'Check that the server URL is its WHIP address.',
  );
}

/** Problem details (RFC 9457), or a line of text; `null` for anything else, such as a page. */
function wordsOf({ headers, body }: WhipReply, secret: string): string | null {
  const type = headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (body === null || body.trim() === '') return null;
  if (type === 'text/plain') return plainWords(body, secret);
  if (!/^application\/(problem\+)?json$/.test(type)) return null;
  const problem = parse(body);
  const texts = [problem['title'], problem['detail']].filter((text) => typeof text === 'string');
  return texts.length === 0 ? null : plainWords(texts.join('. '), secret);
}

function parse(json: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}
