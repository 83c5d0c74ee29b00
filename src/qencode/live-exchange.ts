import { readBounded } from '../core/foundation/read-bounded.js';
import { retryAfterSeconds } from '../core/foundation/retry-after.js';
import { childOf } from './abort.js';
import { codeOfStatus, liveApiError } from './live-api-error.js';
import { now } from './time.js';

const MAX_ANSWER_BYTES = 8 * 1024 * 1024;
/** How deep an error's words may lie in its body. */
const MAX_DEPTH = 4;

/** One request to the Live API. */
export interface LiveRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below the base address, percent-encoded. */
  readonly path: string;
  /** The purpose of the call, as in "Could not …". */
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
 * Sends one request and reads its whole answer. Throws a `LiveApiError` for an answer that is
 * no success, for none within `timeoutMs`, and for none at all; the signal's reason once it aborted.
 */
export type LiveExchange = (request: LiveRequest) => Promise<LiveAnswer>;

/** Makes the exchange with the Live API at `baseUrl`. */
export function createLiveExchange(options: {
  readonly baseUrl: string;
  readonly fetch: typeof fetch;
  readonly timeoutMs: number;
  /** The part of a server's words that may be repeated. */
  readonly plain: (words: string) => string | null;
}): LiveExchange {
  const { baseUrl, fetch: send, timeoutMs, plain } = options;

  return async ({ method, path, what, token, body, signal }) => {
    signal?.throwIfAborted();
    const json = body === undefined ? undefined : writeJson(what, body);
    const ending = childOf(signal);
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      ending.abort();
    }, timeoutMs);
    const headers: Record<string, string> = { accept: 'application/json' };
    if (token !== undefined) headers['authorization'] = `Bearer ${token}`;
    if (json !== undefined) headers['content-type'] = 'application/json';
    let status: number;
    let text: string | null;
    let waitSeconds: number | null;
    try {
      const response = await send(`${baseUrl}${path}`, {
        method,
        headers,
        // A redirect would carry the key to wherever it points.
        redirect: 'manual',
        signal: ending.signal,
        ...(json !== undefined && { body: json }),
      });
      status = response.status;
      waitSeconds = retryAfterSeconds(response.headers, now());
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
    const said = wordsOf(answer.body ?? text);
    throw liveApiError(codeOfStatus(status), what, `the Live API answered with HTTP ${status}`, {
      status,
      words: said === null ? null : plain(said),
      retryAfterSeconds: waitSeconds,
    });
  };
}

/** The message in an error's body, whose shape is not documented; an HTML page has none. */
export function wordsOf(body: unknown, depth = MAX_DEPTH): string | null {
  if (typeof body === 'string') return body === '' || /^\s*</.test(body) ? null : body;
  if (typeof body !== 'object' || body === null || depth === 0) return null;
  const fields: Readonly<Record<string, unknown>> = { ...body };
  for (const name of ['message', 'error_description', 'detail', 'error']) {
    const words = wordsOf(fields[name], depth - 1);
    if (words !== null) return words;
  }
  return null;
}

function writeJson(what: string, body: unknown): string {
  try {
    return JSON.stringify(body);
  } catch {
    throw liveApiError('refused', what, 'the settings cannot be written as JSON');
  }
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
