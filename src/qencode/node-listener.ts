import { malformed } from './request-guard.js';
import { refusalResponse } from './session-refusal.js';

/** The used part of Node's `IncomingMessage`, or `Http2ServerRequest`, or of Express's request. */
export interface NodeRequest extends AsyncIterable<Uint8Array> {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  /** The whole target, where Express's router has shortened `url`. */
  readonly originalUrl?: string | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Names and values in turn, as they came. */
  readonly rawHeaders?: readonly string[];
  readonly httpVersionMajor?: number;
  readonly socket: object;
  /** Set by a body parser that ran before. */
  readonly body?: unknown;
}

/** The used part of Node's `ServerResponse`. */
export interface NodeResponse {
  /** Begins the answer. */
  writeHead(status: number, headers: Record<string, string | string[]>): unknown;
  /** Sends a piece of the body; false when the next one should wait for `drain`. */
  write(chunk: Uint8Array): boolean;
  /** Ends the answer. */
  end(): unknown;
  /** Ends the answer so that it is not taken to be whole. */
  destroy?(): unknown;
  /** Calls `listener` at the next event of this name. */
  once(event: 'close' | 'drain', listener: () => void): unknown;
}

/**
 * Lets Node's own server, or Express, call a function that takes a `Request` and gives a `Response`.
 * A message that makes no `Request` is answered with 400; where the function rejects, with 500.
 */
export function toNodeListener(
  handle: (request: Request) => Promise<Response>,
): (request: NodeRequest, response: NodeResponse) => void {
  return (incoming, outgoing) => {
    const gone = new AbortController();
    outgoing.once('close', () => gone.abort());
    const answer = async () => {
      const response = await respond(handle, incoming, gone.signal);
      await send(response, incoming, outgoing, gone);
    };
    answer().catch(() => {
      // Its beginning may be out already: only a broken connection says that the rest is missing.
      if (!gone.signal.aborted) outgoing.destroy?.();
    });
  };
}

async function respond(
  handle: (request: Request) => Promise<Response>,
  incoming: NodeRequest,
  signal: AbortSignal,
): Promise<Response> {
  let request: Request;
  try {
    request = toRequest(incoming, signal);
  } catch {
    return refusalResponse(
      malformed('This request cannot be read. Check its method, target, Host and headers.'),
    );
  }
  try {
    return await handle(request);
  } catch {
    return new Response(null, { status: 500 });
  }
}

/** Throws for a target, a method, headers or a body that no `Request` can have. */
function toRequest(incoming: NodeRequest, signal: AbortSignal): Request {
  const { method = 'GET', headers, body: parsed } = incoming;
  const pairs = Object.entries(headers)
    // HTTP/2 puts method, scheme, authority and path there too.
    .filter(([name]) => !name.startsWith(':'))
    .flatMap(([name, value = []]): [string, string][] =>
      [value].flat().map((item) => [name, item]),
    );
  const bodiless = method === 'GET' || method === 'HEAD';
  // Express sets a body even where there was none.
  const given = headers['content-type'] === undefined ? null : bodyOf(parsed);
  const body = parsed === undefined ? streamOf(incoming) : given;
  const init = { method, headers: pairs, signal, body: bodiless ? null : body, duplex: 'half' };
  return new Request(targetOf(incoming), init);
}

function targetOf(incoming: NodeRequest): URL {
  const { headers, rawHeaders = [], socket, originalUrl, url = '/' } = incoming;
  const hosts = rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === 'host');
  // Node goes on with the first, a proxy before it may have gone by the other.
  if (hosts.length > 1) throw new TypeError('There is more than one Host.');
  const secure = 'encrypted' in socket && socket.encrypted === true;
  const host = headers[':authority'] ?? headers['host'] ?? 'localhost';
  const here = new URL(`${secure ? 'https' : 'http'}://${host}`);
  if (here.href !== `${here.origin}/`) throw new TypeError('The Host is no host.');
  const target = originalUrl ?? url;
  // A client that takes this server for a proxy sends the whole URL (RFC 9112, section 3.2.2).
  return target.startsWith('/') ? new URL(`${here.origin}${target}`) : new URL(target);
}

function bodyOf(parsed: unknown): string | Uint8Array<ArrayBuffer> {
  if (typeof parsed === 'string') return parsed;
  return parsed instanceof Uint8Array ? new Uint8Array(parsed) : JSON.stringify(parsed);
}

function streamOf(chunks: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]();
  // No cancel: ending the iterator would end the socket, and with it the answer.
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
}

async function send(
  response: Response,
  { httpVersionMajor = 1 }: NodeRequest,
  outgoing: NodeResponse,
  gone: AbortController,
): Promise<void> {
  const cookies = response.headers.getSetCookie();
  const headers: Record<string, string | string[]> = Object.fromEntries(response.headers);
  if (cookies.length > 0) headers['set-cookie'] = cookies;
  // Do not wait for the rest of a request that was given up (RFC 9110, section 15.5.9).
  if (response.status === 408 && httpVersionMajor < 2) headers['connection'] = 'close';
  outgoing.writeHead(response.status, headers);
  const reader = response.body?.getReader();
  outgoing.once('close', () => reader?.cancel().catch(() => {}));
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true };
    if (done || gone.signal.aborted) break;
    if (value === undefined || outgoing.write(value)) continue;
    await new Promise<void>((resolve) => {
      outgoing.once('drain', resolve);
      outgoing.once('close', resolve);
    });
  }
  outgoing.end();
}
