/**
 * Why a call to the Live API failed. `unreachable` and `malformed` (an answer that is not the Live
 * API's) are about the way there; the rest is what the API answered, or that it did not in time.
 */
export type LiveApiErrorCode =
  | 'unauthorized'
  | 'not-found'
  | 'refused'
  | 'conflict'
  | 'rate-limited'
  | 'timeout'
  | 'unreachable'
  | 'malformed'
  | 'server';

/**
 * The one error of the Live API client. `message` says what failed, why and what to do; neither it
 * nor `words` holds the API key, a token, a stream key or an ingest address, for of a server's words
 * only ordinary ones get that far. It has no `cause`: the platforms' own errors name the address,
 * and the key is part of it.
 */
export class LiveApiError extends Error {
  override readonly name = 'LiveApiError';
  readonly code: LiveApiErrorCode;
  /** HTTP status of the answer; `undefined` if there was none. */
  readonly status: number | undefined;
  /**
   * The ordinary words of what the server said about it, `[redacted]` for the rest, at most 300
   * characters; `null` if there are none.
   */
  readonly words: string | null;
  /** How long the server asks to wait before the next request, 1 to 3600; `null` if it does not. */
  readonly retryAfterSeconds: number | null;

  constructor(
    code: LiveApiErrorCode,
    message: string,
    about: Partial<Pick<LiveApiError, 'status' | 'words' | 'retryAfterSeconds'>> = {},
  ) {
    super(message);
    this.code = code;
    this.status = about.status;
    this.words = about.words ?? null;
    this.retryAfterSeconds = about.retryAfterSeconds ?? null;
  }
}

const ADVICE: Readonly<Record<LiveApiErrorCode, string>> = {
  unauthorized: 'Check that the API key is that of a Live Streaming project and still valid.',
  'not-found': 'It may be deleted or belong to another project; check the id and baseUrl.',
  refused: 'The same request will be refused again; change it.',
  conflict: 'Its state does not allow it; read its status first.',
  'rate-limited': 'Wait before asking again.',
  timeout: 'Read the state of the stream before trying again: it may have happened all the same.',
  unreachable: 'Check the network and baseUrl.',
  malformed: 'Check that baseUrl leads to the Live API and not to a page or a proxy.',
  server: 'Try again later.',
};

/** The error for an attempt to do `what` ("start the stream"), with the advice that goes with it. */
export function liveApiError(
  code: LiveApiErrorCode,
  what: string,
  why: string,
  about: ConstructorParameters<typeof LiveApiError>[2] = {},
): LiveApiError {
  const said = about.words ? ` It said: "${about.words}".` : '';
  const wait = about.retryAfterSeconds ? ` It asks to wait ${about.retryAfterSeconds} s.` : '';
  return new LiveApiError(code, `Could not ${what}: ${why}.${said}${wait} ${ADVICE[code]}`, about);
}

/** The meaning of an HTTP status that is no success. */
export function codeOfStatus(status: number): LiveApiErrorCode {
  switch (status) {
    case 401:
      return 'unauthorized';
    case 404:
    case 410:
      return 'not-found';
    case 406:
    case 409:
      return 'conflict';
    case 408:
    case 504:
      return 'timeout';
    case 429:
      return 'rate-limited';
    default:
      if (status >= 500) return 'server';
      return status >= 400 ? 'refused' : 'malformed';
  }
}
