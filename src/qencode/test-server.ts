import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as the server got it. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** The answer to give; `hang` gives none, `cut` ends the connection in the middle of the body. */
export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly does?: 'hang' | 'cut';
}

/** A local HTTP server that answers as it is told. */
export interface TestServer {
  readonly url: string;
  readonly received: readonly Received[];
  /** `METHOD /path` of each request so far. */
  calls(): readonly string[];
  close(): Promise<void>;
}

/** Starts a server on loopback that answers by `route`. */
export async function startTestServer(
  route: (request: Received, count: number) => Reply | Promise<Reply>,
): Promise<TestServer> {
  const received: Received[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const { method = '', url: path = '', headers } = incoming;
    const request = { method, path, headers, body: Buffer.concat(chunks).toString() };
    received.push(request);
    const { status = 200, headers: more, body = '', does } = await route(request, received.length);
    if (does === 'hang') return;
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const length = does === 'cut' ? text.length + 100 : Buffer.byteLength(text);
    outgoing.writeHead(status, { 'content-length': length, ...more });
    if (does !== 'cut') outgoing.end(text);
    else outgoing.write(text, () => outgoing.destroy());
  });
  return {
    url: await listenOnLoopback(server),
    received,
    calls: () => received.map(({ method, path }) => `${method} ${path}`),
    close: () => closeServer(server),
  };
}

/** Listens on any free port; resolves with the address. */
export async function listenOnLoopback(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
}

/** Closes a server and what is connected to it. */
export async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
