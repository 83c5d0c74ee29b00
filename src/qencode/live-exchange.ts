import { childOf } from './abort.js';
import { codeOfStatus, type LiveApiError, liveApiError } from './live-api-error.js';
import { readBounded } from './read-bounded.js';
import type { Redactor } from './redact.js';

const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

/** One request to the Live API. */
export interface LiveRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below the base address, percent-encoded. */
  readonly path: string;
  /** What it is for, as in "Could not …". */
  readonly what: string;
  readonly token?: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

/** An answer in full; `body` is `undefined` if it is no JSON. */
export interface LiveAnswer {
  readonly status: number;
  readonly body: unknown;
}

/**
 * Sends one request and reads its whole answer. Throws a {@link LiveApiError} for an answer that is
 * no success, for none within `timeoutMs`, and for none at all; the signal's reason once it aborted.
 */
export type LiveExchange = (request: LiveRequest) => Promise<LiveAnswer>;

/** Makes the exchange with the Live API at `baseUrl`. */
export function createLiveExchange(options: {
  readonly baseUrl: string;
  readonly fetch: typeof fetch;
  readonly timeoutMs: number;
  readonly redactor: Redactor;
}): LiveExchange {
  const { baseUrl, fetch: send, timeoutMs, redactor } = options;

  return async ({ method, path, what, token, body, signal }) => {
    signal?.throwIfAborted();
    const ending = childOf(signal);
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      ending.abort();
    }, timeoutMs);
    const headers: Record<string, string> = { accept: 'application/json' };
    if (token !== undefined) headers['authorization'] = `Bearer ${token}`;
    if (body !== undefined) headers['content-type'] = 'application/json';
    let status: number;
    let text: string | null;
    try {
      const response = await send(`${baseUrl}${path}`, {
        method,
        headers,
        // A redirect would carry the key to wherever it points.
        redirect: 'manual',
        signal: ending.signal,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      status = response.status;
      text = await readBounded(response.body, MAX_ANSWER_BYTES);
    } catch (thrown) {
      signal?.throwIfAborted();
      if (late) throw liveApiError('timeout', what, `there was no answer within ${timeoutMs} ms`);
      const reason = reasonOf(thrown);
      throw liveApiError('unreachable', what, `the Live API cannot be reached${reason}`);
    } finally {
      clearTimeout(timer);
      ending.abort();
    }
    if (text === null) {
      throw liveApiError('malformed', what, 'the answer is too long', { status });
    }
    const answer = { status, body: parseJson(text) };
    if (status >= 200 && status < 300) return answer;
    throw refusal(what, answer, text, redactor);
  };
}

function refusal(
  what: string,
  { status, body }: LiveAnswer,
  text: string,
  redactor: Redactor,
): LiveApiError {
  const words = wordsOf(body ?? text);
  return liveApiError(codeOfStatus(status), what, `the Live API answered with HTTP ${status}`, {
    status,
    words: words === null ? null : redactor.redact(words) || null,
  });
}

/** What a server says in an error's body, of which the shape is not documented; a page says nothing. */
export function wordsOf(body: unknown): string | null {
  if (typeof body === 'string') return body === '' || /^\s*</.test(body) ? null : body;
  if (typeof body !== 'object' || body === null) return null;
  const fields: Readonly<Record<string, unknown>> = { ...body };
  for (const name of ['message', 'error_description', 'detail', 'error']) {
    const words = wordsOf(fields[name]);
    if (words !== null) return words;
  }
  return null;
}

/** The platform's short word for it, such as ECONNREFUSED; the rest may name the address. */
function reasonOf(thrown: unknown): string {
  const cause = thrown instanceof Error ? thrown.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' && /^[A-Z_]+$/.test(code) ? ` (${code})` : '';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
