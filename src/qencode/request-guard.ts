import { readBounded } from './read-bounded.js';
import { SessionRefusal } from './session-refusal.js';

const MAX_BODY_BYTES = 16 * 1024;
const METHODS = 'GET, POST, PUT, DELETE';

/** Which pages may use the endpoint. */
export interface OriginRules {
  /** The server's own public origin; `undefined` to take it from the request. */
  readonly own: string | undefined;
  /** Other origins to serve. */
  readonly allowed: ReadonlySet<string>;
}

/**
 * Refuses requests from foreign pages, which a browser would send with the person's cookies.
 * Returns the headers that let an allowed foreign page read the answer (Fetch standard, section 3.2).
 */
export function checkOrigin(
  request: Request,
  { own, allowed }: OriginRules,
): Readonly<Record<string, string>> {
  const origin = request.headers.get('origin');
  const site = request.headers.get('sec-fetch-site');
  if (origin === null) {
    if (site !== 'cross-site' && site !== 'same-site') return { vary: 'origin' };
    throw foreign();
  }
  if (origin === (own ?? new URL(request.url).origin)) return { vary: 'origin' };
  if (!allowed.has(origin)) throw foreign();
  return {
    vary: 'origin',
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    'access-control-expose-headers': 'retry-after',
  };
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
 * The fields of a JSON body, none if it is empty. Refuses what is too large, no JSON object, or not
 * declared as JSON: a foreign page can send any other type without asking first.
 */
export async function readFields(
  request: Request,
  { maxBytes = MAX_BODY_BYTES, anyType = false } = {},
): Promise<Readonly<Record<string, unknown>>> {
  const tooLarge = new SessionRefusal('too-large', `A body may have ${maxBytes} bytes.`);
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge;
  const text = await readBounded(request.body, maxBytes).catch(() => {
    throw malformed('The body could not be read to its end.');
  });
  if (text === null) throw tooLarge;
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

function foreign(): SessionRefusal {
  return new SessionRefusal(
    'foreign-origin',
    'Pages of this origin may not use this endpoint. Its server serves its own origin (behind a proxy: the one it is told) and those it allows by name.',
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
