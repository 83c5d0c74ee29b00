import { readBounded } from '../core/foundation/read-bounded.js';
import { SessionRefusal } from './session-refusal.js';
import { pauseFor } from './time.js';

const MAX_BODY_BYTES = 16 * 1024;
/** A body that is not there by then will not come. */
const MAX_BODY_MS = 10_000;
const METHODS = 'GET, POST, PUT, DELETE';

/** Which pages may use the endpoint. */
export interface OriginRules {
  /** The server's own public origin; `undefined` to take it from the request. */
  readonly own: string | undefined;
  /** Other origins to serve. */
  readonly allowed: ReadonlySet<string>;
  /** Whether `X-Forwarded-Host` and `X-Forwarded-Proto` come from the server's own proxy. */
  readonly trustProxy: boolean;
}

/**
 * Refuses requests from foreign pages, which a browser would send with the person's cookies.
 * Returns the headers that let an allowed foreign page read the answer (Fetch standard, section 3.2).
 */
export function checkOrigin(
  request: Request,
  rules: OriginRules,
): Readonly<Record<string, string>> {
  const origin = request.headers.get('origin');
  if (origin !== null && rules.allowed.has(origin)) {
    return {
      vary: 'origin',
      'access-control-allow-origin': origin,
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': 'retry-after',
    };
  }
  switch (request.headers.get('sec-fetch-site')) {
    // No page can set this header, and the browser compares better than a server can.
    case 'same-origin':
      return { vary: 'origin' };
    // Old browsers, plain http and programs send none of it; `none` is a person's own doing.
    case null:
    case 'none':
      if (origin === null || isOwn(origin, request, rules)) return { vary: 'origin' };
  }
  throw new SessionRefusal(
    'foreign-origin',
    'Pages of this origin may not use this endpoint. Its server serves its own origin, and others that it allows by name (allowedOrigins). Behind a proxy it has to know its own (origin, or trustProxy).',
  );
}

/**
 * Whether the page of this origin was served from where the request was sent to. The host is the
 * one that the browser asked for: the URL of a `Request` is often made up by the framework.
 */
function isOwn(origin: string, { headers, url }: Request, { own, trustProxy }: OriginRules) {
  const page = URL.canParse(origin) ? new URL(origin) : null;
  if (page === null || page.origin === 'null' || page.href !== `${page.origin}/`) return false;
  if (own !== undefined) return page.origin === own;
  const here = new URL(url);
  const forwardedHost = trustProxy ? headers.get('x-forwarded-host') : null;
  const forwardedScheme = trustProxy ? headers.get('x-forwarded-proto') : null;
  const host = onlyOne(forwardedHost ?? headers.get('host') ?? here.host);
  // A proxy that ends TLS may hide it, but nothing makes TLS of a connection without.
  const isSecure = here.protocol === 'https:' || page.protocol === 'https:';
  const scheme = onlyOne(forwardedScheme ?? (isSecure ? 'https' : 'http'));
  const asked = `${scheme}://${host}`;
  const target = URL.canParse(asked) ? new URL(asked) : null;
  return target !== null && target.href === `${target.origin}/` && target.origin === page.origin;
}

/** The value of a header; nothing where several that differ leave open which one counts. */
function onlyOne(value: string): string {
  const [first = '', ...others] = value.split(',').map((item) => item.trim());
  return others.every((other) => other === first) ? first : '';
}

/** The answer to a preflight from an allowed page. */
export function preflightResponse(headers: Readonly<Record<string, string>>): Response {
  return new Response(null, {
    status: 204,
    headers: {
      ...headers,
      'cache-control': 'no-store',
      'access-control-allow-methods': METHODS,
      'access-control-allow-headers': 'authorization, content-type, last-event-id',
    },
  });
}

/** The refusal of a method the endpoint does not have. */
export function wrongMethod(allow: string = METHODS): SessionRefusal {
  return new SessionRefusal('method-not-allowed', `This endpoint takes ${allow}.`, { allow });
}

/**
 * The fields of a JSON body, none if it is empty. Refuses what is too large, not there in time, no
 * JSON object, or not declared as JSON: a foreign page can send any other type without asking first.
 */
export async function readFields(
  request: Request,
  { maxBytes = MAX_BODY_BYTES, anyType = false } = {},
): Promise<Readonly<Record<string, unknown>>> {
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge(maxBytes);
  const given = new AbortController();
  const limit = pauseFor(MAX_BODY_MS);
  void limit.over.then(() => given.abort());
  const text = await readBounded(request.body, maxBytes, given.signal)
    .catch(() => {
      if (!given.signal.aborted) throw malformed('The body could not be read to its end.');
      throw new SessionRefusal(
        'too-slow',
        `The body was not there within ${MAX_BODY_MS / 1000} s. Send it again.`,
      );
    })
    .finally(limit.end);
  if (text === null) throw tooLarge(maxBytes);
  if (text === '') return {};
  const type = request.headers.get('content-type') ?? '';
  if (!anyType && !/^application\/json\s*(;|$)/i.test(type)) {
    throw malformed('Send the body with content-type: application/json.');
  }
  const body = parse(text);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw malformed('The body is a JSON object.');
  }
  return { ...body };
}

/** The refusal of a request that makes no sense. */
export function malformed(message: string): SessionRefusal {
  return new SessionRefusal('malformed', message);
}

function tooLarge(maxBytes: number): SessionRefusal {
  return new SessionRefusal('too-large', `A body may have ${maxBytes} bytes.`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
