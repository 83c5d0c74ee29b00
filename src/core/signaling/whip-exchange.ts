import { BroadcastError } from '../errors.js';
import { readBounded } from '../foundation/read-bounded.js';
import { within } from '../foundation/time.js';
import { LIMITS } from './limits.js';

/** One request of a WHIP client. */
export interface WhipRequest {
  readonly method: 'POST' | 'PATCH' | 'DELETE';
  /** Headers besides `Authorization`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** It is given up after so many milliseconds. */
  readonly ms: number;
}

/** A response, read as far as `LIMITS` lets it. */
export interface WhipReply {
  readonly status: number;
  readonly headers: Headers;
  /** `null` for one that is far too long. */
  readonly body: string | null;
  /** Where it came from in the end. */
  readonly url: URL;
  /** Whether a redirect led to another origin, where browsers leave `Authorization` out. */
  readonly isElsewhere: boolean;
}

/**
 * Sends requests with `Authorization` where there is a token, and without where there is none (RFC 9725
 * section 4.7.1). `token` and the addresses are credentials.
 */
export type WhipExchange = (url: URL, request: WhipRequest) => Promise<WhipReply>;

/**
 * Rejects with a BroadcastError `timeout`, or with the browser's TypeError where there is no response
 * that this page may read. Redirects are followed by the browser.
 */
export function openExchange(token: string | null): WhipExchange {
  const authorization = token === null ? {} : { Authorization: `Bearer ${token}` };
  return async (url, { method, headers, body, ms }) => {
    const life = new AbortController();
    const asked = fetch(url, {
      method,
      headers: { ...headers, ...authorization },
      ...(body === undefined ? {} : { body }),
      cache: 'no-store',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      // The page may be going away.
      keepalive: method === 'DELETE',
      signal: life.signal,
    }).then(async (response): Promise<WhipReply> => {
      const text = await readBounded(response.body, LIMITS.frameChars, life.signal);
      const from = response.url === '' ? url : new URL(response.url);
      const isElsewhere = from.origin !== url.origin;
      return {
        status: response.status,
        headers: response.headers,
        body: text,
        url: from,
        isElsewhere,
      };
    });
    try {
      return await within(asked, ms, () => noReply(url, ms), life.signal);
    } finally {
      life.abort();
    }
  };
}

function noReply({ host }: URL, ms: number): BroadcastError {
  return new BroadcastError(
    'timeout',
    `The server at ${host} took the request, but did not answer within ${ms / 1000} s. Try again; if it stays, the server is overloaded or no WHIP server.`,
  );
}
