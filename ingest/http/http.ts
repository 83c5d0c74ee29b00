import type { IncomingMessage, ServerResponse } from 'node:http';
import { LIMITS } from '../options/limits.js';

/** A refusal in HTTP terms: becomes `{ error, message }` with this status. */
export class HttpError extends Error {
  readonly status: number;
  /** Go out with the refusal. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

/** Asks for something without changing anything. HEAD gets no body: Node leaves it out. */
export function reads(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** A method that does nothing at an address, refused with those that do (RFC 9110 section 15.5.6). */
export function methodNotAllowed(method: string, ...allowed: readonly string[]): HttpError {
  const known = allowed.includes('GET') ? ['GET', 'HEAD', ...allowed.slice(1)] : allowed;
  const allow = [...new Set([...known, 'OPTIONS'])].join(', ');
  return new HttpError(405, `${method} does nothing here. Allowed: ${allow}.`, { allow });
}

/** One request, split up. */
export interface HttpRequest {
  readonly method: string;
  /** Path elements, decoded: `/a/b` is `['a', 'b']`. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  /** The body as JSON; `undefined` if it is empty. Throws an {@link HttpError} otherwise. */
  json(): Promise<unknown>;
  /** The body as text. Throws an {@link HttpError} if it is too long. */
  text(): Promise<string>;
}

/** Answers a request: with JSON, or by itself on the raw response when it returns `undefined`. */
export type HttpRoute = (
  request: HttpRequest,
  response: ServerResponse,
) => Promise<{ readonly status: number; readonly body: unknown } | undefined>;

/** Splits a request up. Throws an {@link HttpError} when its address makes no sense. */
export function readRequest(incoming: IncomingMessage): HttpRequest {
  const text = async () => {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of incoming) {
      size += chunk.length;
      if (size > LIMITS.bodyBytes) {
        throw new HttpError(413, `A body may have ${LIMITS.bodyBytes} bytes.`);
      }
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
  };
  return {
    method: incoming.method ?? 'GET',
    path: readPath(incoming.url ?? '/'),
    query: new URLSearchParams((incoming.url ?? '').split('?').slice(1).join('?')),
    headers: incoming.headers,
    text,
    async json() {
      const body = await text();
      if (body === '') return undefined;
      try {
        return JSON.parse(body);
      } catch {
        throw new HttpError(400, 'The body is not JSON.');
      }
    },
  };
}

/** Decoded path elements of a request target. Throws an {@link HttpError} for broken percent-encoding. */
export function readPath(target: string): readonly string[] {
  const [path = ''] = target.split('?');
  try {
    return path.split('/').filter(Boolean).map(decodeURIComponent);
  } catch {
    throw new HttpError(400, 'The path is not properly percent-encoded.');
  }
}

/** Sends JSON. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (response.headersSent || response.destroyed) return;
  const type = { 'content-type': 'application/json', 'cache-control': 'no-store' };
  response.writeHead(status, { ...headers, ...type });
  response.end(JSON.stringify(body));
}

/**
 * Whether a page of this origin may use the ingest: pages on loopback, those allowed by name, and
 * everything that is no page (no `Origin` header). Any other site that a person happens to visit
 * could otherwise drive the ingest behind their back.
 */
export function isAllowedOrigin(origin: string | undefined, allowed: readonly string[]): boolean {
  if (origin === undefined || allowed.includes(origin)) return true;
  try {
    const { protocol, hostname } = new URL(origin);
    const loopback =
      hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
    return (protocol === 'http:' || protocol === 'https:') && loopback;
  } catch {
    return false;
  }
}

/**
 * Cross-origin headers for an allowed origin (Fetch standard, section 3.2). Returns false when the
 * request is from a foreign page.
 */
export function applyCors(
  incoming: IncomingMessage,
  response: ServerResponse,
  allowed: readonly string[],
): boolean {
  const { origin } = incoming.headers;
  response.setHeader('vary', 'origin');
  if (!isAllowedOrigin(origin, allowed)) return false;
  if (origin !== undefined) {
    response.setHeader('access-control-allow-origin', origin);
    response.setHeader(
      'access-control-allow-methods',
      'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS',
    );
    response.setHeader('access-control-allow-headers', 'authorization, content-type');
    response.setHeader('access-control-allow-private-network', 'true');
  }
  return true;
}
