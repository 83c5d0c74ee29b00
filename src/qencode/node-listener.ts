/** What is used of Node's `IncomingMessage`, or of Express's request. */
export interface NodeRequest extends AsyncIterable<Uint8Array> {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  /** The whole target, where Express's router has shortened `url`. */
  readonly originalUrl?: string | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly socket: object;
  /** Set by a body parser that ran before. */
  readonly body?: unknown;
}

/** What is used of Node's `ServerResponse`. */
export interface NodeResponse {
  writeHead(status: number, headers: Record<string, string | string[]>): unknown;
  write(chunk: Uint8Array): boolean;
  end(): unknown;
  once(event: 'close' | 'drain', listener: () => void): unknown;
}

/** Lets Node's own server, or Express, call a function that takes a `Request` and gives a `Response`. */
export function toNodeListener(
  handle: (request: Request) => Promise<Response>,
): (request: NodeRequest, response: NodeResponse) => void {
  return (incoming, outgoing) => {
    const gone = new AbortController();
    outgoing.once('close', () => gone.abort());
    const answer = async () => send(await handle(toRequest(incoming, gone.signal)), outgoing, gone);
    answer().catch(() => {
      // A target or method that no Request can have, or an answer that broke off.
      if (!gone.signal.aborted) outgoing.end();
    });
  };
}

function toRequest(incoming: NodeRequest, signal: AbortSignal): Request {
  const { method = 'GET', headers, socket, originalUrl, url = '/', body: parsed } = incoming;
  const secure = 'encrypted' in socket && socket.encrypted === true;
  const origin = `${secure ? 'https' : 'http'}://${headers['host'] ?? 'localhost'}`;
  const target = new URL(`${origin}${originalUrl ?? url}`);
  const pairs = Object.entries(headers).flatMap(([name, value = []]): [string, string][] =>
    [value].flat().map((item) => [name, item]),
  );
  const bodiless = method === 'GET' || method === 'HEAD';
  // Express sets a body even where there was none.
  const given = headers['content-type'] === undefined ? null : JSON.stringify(parsed);
  const body = parsed === undefined ? streamOf(incoming) : given;
  const init = { method, headers: pairs, signal, body: bodiless ? null : body, duplex: 'half' };
  return new Request(target, init);
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
  outgoing: NodeResponse,
  gone: AbortController,
): Promise<void> {
  const cookies = response.headers.getSetCookie();
  const headers: Record<string, string | string[]> = Object.fromEntries(response.headers);
  if (cookies.length > 0) headers['set-cookie'] = cookies;
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
