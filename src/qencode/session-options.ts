import type { LiveClient } from './live-client.js';
import type { OriginRules } from './request-guard.js';
import { deriveSigningKey } from './signing-key.js';
import type { StartLimit } from './start-limit.js';

/** The person or account that asks; `caller` is the same at each request. */
export interface SessionCaller {
  readonly caller: string;
}

/** The options of the session endpoint. */
export interface SessionHandlerOptions {
  /** The client that holds the API key. */
  readonly client: LiveClient;
  /**
   * Names the caller from the request's headers (its body is not yours to read); `null` if the
   * caller may not broadcast. Anybody it lets through can spend encoders on your account.
   */
  readonly authorize: (
    request: Request,
  ) => SessionCaller | null | undefined | Promise<SessionCaller | null | undefined>;
  /**
   * The id of the stream that this caller broadcasts to; `null` or none to create one for each start.
   * Asked at every request: a session of a stream that is no longer the caller's is unknown.
   */
  readonly streamFor?: (
    caller: string,
    request: Request,
  ) => string | null | undefined | Promise<string | null | undefined>;
  /** Public HTTPS address of `callback`, set on the streams that are created. */
  readonly callbackUrl?: string | undefined;
  /**
   * The server's public origin, such as `https://app.example`, where a proxy hides it. Compared with
   * only where the browser does not say by itself (`Sec-Fetch-Site`) that the page is the server's own.
   */
  readonly origin?: string | undefined;
  /**
   * Whether the server's own proxy sets `X-Forwarded-Host` and `X-Forwarded-Proto`, and passes on
   * none that came from outside; then they are the server's origin. Default false.
   */
  readonly trustProxy?: boolean;
  /** Other origins whose pages may use the endpoint, with cookies; `undefined` ones are left out. */
  readonly allowedOrigins?: readonly (string | undefined)[];
  /** Signs session ids, 16 characters or more; servers that share the work need the same. Default: derived from the API key. */
  readonly secret?: string | undefined;
  /** Starts and renewals of one caller, counted in this process. Default 10 per 3600 seconds. */
  readonly startLimit?: StartLimit;
  /** How long a session's id is known after a start or renewal, in seconds. Default 86,400. */
  readonly sessionSeconds?: number;
  /** Streams of events of one caller, all tabs and devices together, in this process. Default 10. */
  readonly maxEventStreams?: number;
  /** How often the Live API is asked about a stream that a page listens to. Default 5. */
  readonly pollSeconds?: number;
  /** Called with each error of the Live API: behind a refusal, while following or cleaning up. */
  readonly onError?: (error: unknown) => void;
}

/** Options with every default filled in. */
export interface ResolvedSessionOptions {
  readonly client: LiveClient;
  readonly authorize: SessionHandlerOptions['authorize'];
  readonly streamFor: NonNullable<SessionHandlerOptions['streamFor']>;
  readonly callbackUrl: string | undefined;
  readonly origins: OriginRules;
  readonly startLimit: StartLimit;
  readonly sessionMs: number;
  readonly maxEventStreams: number;
  readonly pollMs: number;
  readonly signingKey: (purpose: string) => Promise<CryptoKey>;
  /** Never throws. */
  readonly report: (error: unknown) => void;
}

/** Checks the options and fills in the defaults. Throws a `TypeError` that names the wrong one. */
export function resolveSessionOptions(options: SessionHandlerOptions): ResolvedSessionOptions {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError('createSessionHandler takes an object with client and authorize.');
  }
  const { client, authorize, secret, startLimit, pollSeconds = 5 } = options;
  if (typeof client?.startStream !== 'function') {
    throw new TypeError('client is missing: make one with createLiveClient.');
  }
  if (typeof authorize !== 'function') {
    throw new TypeError(
      'authorize is missing: without it anybody could start streams on your account. Return { caller } for whoever is signed in, else null.',
    );
  }
  if (secret !== undefined && (typeof secret !== 'string' || secret.length < 16)) {
    throw new TypeError('secret has 16 characters or more, from a random source.');
  }
  if (!(Number.isFinite(pollSeconds) && pollSeconds > 0)) {
    throw new TypeError('pollSeconds is a number above 0.');
  }
  const { starts, perSeconds } = startLimit ?? { starts: 10, perSeconds: 3600 };
  if (!(Number.isInteger(starts) && starts > 0 && Number.isFinite(perSeconds) && perSeconds > 0)) {
    throw new TypeError('startLimit is { starts, perSeconds }, both above 0.');
  }
  const { sessionSeconds = 86_400, maxEventStreams = 10 } = options;
  if (!(Number.isFinite(sessionSeconds) && sessionSeconds > 0)) {
    throw new TypeError('sessionSeconds is a number above 0.');
  }
  if (!(Number.isInteger(maxEventStreams) && maxEventStreams > 0)) {
    throw new TypeError('maxEventStreams is a whole number above 0.');
  }
  const { origin, trustProxy = false, allowedOrigins = [] } = options;
  if (typeof trustProxy !== 'boolean') throw new TypeError('trustProxy is true or false.');
  for (const name of ['streamFor', 'onError'] as const) {
    const given: unknown = options[name];
    if (given !== undefined && typeof given !== 'function')
      throw new TypeError(`${name} is a function.`);
  }
  if (!Array.isArray(allowedOrigins)) {
    throw new TypeError('allowedOrigins is a list of origins, such as https://studio.example.com.');
  }
  return {
    client,
    authorize,
    streamFor: options.streamFor ?? (() => null),
    callbackUrl: options.callbackUrl,
    origins: {
      own: origin === undefined ? undefined : readOrigin('origin', origin),
      allowed: new Set(
        allowedOrigins
          .filter((item) => item !== undefined)
          .map((item) => readOrigin('allowedOrigins', item)),
      ),
      trustProxy,
    },
    startLimit: { starts, perSeconds },
    sessionMs: sessionSeconds * 1000,
    maxEventStreams,
    pollMs: pollSeconds * 1000,
    signingKey: secret === undefined ? client.signingKey : (use) => deriveSigningKey(secret, use),
    report(error) {
      try {
        options.onError?.(error);
      } catch {
        // The app's own logger must not be able to change an answer.
      }
    },
  };
}

function readOrigin(option: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && url.origin !== 'null' && url.href === `${url.origin}/`) return url.origin;
  throw new TypeError(`${option} takes origins without a path, such as https://app.example.`);
}
