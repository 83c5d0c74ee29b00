import { lookup } from 'node:dns/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { readSignalingTarget } from './addresses.js';
import {
  applyCors,
  HttpError,
  type HttpRoute,
  isAllowedOrigin,
  readPath,
  readRequest,
  sendJson,
} from './http.js';
import type { IngestContext } from './ingest-context.js';
import { serveOmeConnection } from './ome-connection.js';
import { createPlaybackHandler } from './playback-endpoint.js';
import { createPublishHandler } from './signaling-endpoint.js';

const MAX_FRAME = 1024 * 1024;

/** The one TCP port: HTTP routes and signalling sockets. */
export interface IngestServer {
  /** `127.0.0.1:PORT`, also where everything is listened on: then it names loopback. */
  readonly authority: string;
  /** The name in `authority`. */
  readonly hostname: string;
  /** The address that is listened on. */
  readonly address: string;
  /** Serves everything below `/<name>/`; an empty name is `/` itself. */
  route(name: string, route: HttpRoute): void;
  /** Serves what no other route is for. It answers 404 to what it does not know. */
  routeRest(route: HttpRoute): void;
  /** Destroys every connection and stops listening. May be called again. */
  goDown(): Promise<void>;
  /** Listens on the same port again. Rejects if somebody else took it. */
  comeUp(): Promise<void>;
  /** Is told when connections must end. Returns how to forget it. */
  onDown(work: () => void): () => void;
}

/** Listens. Rejects with the system's error when the port is taken. */
export async function openServer(context: IngestContext): Promise<IngestServer> {
  const { options, packages } = context;
  const routes = new Map<string, HttpRoute>();
  let rest: HttpRoute = async () => {
    throw new HttpError(404, 'There is nothing at this address.');
  };
  const sockets = new Set<Socket>();
  const leaving = new Set<() => void>();
  const { address } = await lookup(options.host);
  const isLoopback = address === '::1' || address.startsWith('127.');
  const admits = ({ headers }: IncomingMessage) =>
    isAllowedOrigin(headers.origin, options.allowedOrigins) &&
    // A foreign name that resolves to loopback is somebody's DNS rebinding.
    (!isLoopback || headers.host === undefined || isLoopbackAuthority(headers.host));
  const signalling = new packages.ws.WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_FRAME,
  });

  const serveHttp = async (incoming: IncomingMessage, response: ServerResponse) => {
    const allowed = applyCors(incoming, response, options.allowedOrigins) && admits(incoming);
    try {
      if (!allowed) throw new HttpError(403, 'Pages of this origin may not use the ingest.');
      if (incoming.method === 'OPTIONS') return void response.writeHead(204).end();
      if (isFormLike(incoming)) throw new HttpError(415, 'Send content-type: application/json.');
      const request = readRequest(incoming);
      const route = routes.get(request.path[0] ?? '') ?? rest;
      const reply = await route(request, response);
      if (reply !== undefined) sendJson(response, reply.status, reply.body);
    } catch (thrown) {
      const status = thrown instanceof HttpError ? thrown.status : 500;
      const message = thrown instanceof HttpError ? thrown.message : 'The ingest failed to answer.';
      if (status === 500) options.log(`HTTP request failed: ${String(thrown)}`);
      sendJson(response, status, { error: status, message });
    }
  };

  const serveSocket = (socket: WebSocket, target: string) => {
    const { searchParams } = new URL(target, 'ws://ingest');
    const wanted = readSignalingTarget(readPath(target));
    serveOmeConnection(socket, options.closeOnError, (connection) =>
      searchParams.get('direction') === 'send'
        ? createPublishHandler(
            connection,
            { ...wanted, transport: searchParams.get('transport') },
            context,
          )
        : createPlaybackHandler(connection, wanted, context),
    );
  };

  const listen = (port: number): Promise<Server> => {
    const server = createServer((incoming, response) => void serveHttp(incoming, response));
    server.on('connection', (socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    });
    server.on('upgrade', (incoming, socket, head) => {
      const target = incoming.url ?? '/';
      if (!admits(incoming) || !isReadable(target)) {
        socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
        return;
      }
      // To Qencode Live an encoder whose stream was stopped is a host that is gone.
      const { host } = readSignalingTarget(readPath(target));
      if (host !== undefined && context.registry.byHost(host) === undefined) {
        socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
        return;
      }
      signalling.handleUpgrade(incoming, socket, head, (ws) => serveSocket(ws, target));
    });
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, address, () => {
        server.off('error', reject);
        resolve(server);
      });
    });
  };

  let server: Server | undefined = await listen(options.port);
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : options.port;
  const shown = address === '0.0.0.0' || address === '::' ? '127.0.0.1' : address;
  const hostname = shown.includes(':') ? `[${shown}]` : shown;
  return {
    authority: `${hostname}:${port}`,
    hostname,
    address,
    route: (name, route) => routes.set(name, route),
    routeRest(route) {
      rest = route;
    },
    async goDown() {
      const closing = server;
      server = undefined;
      for (const work of [...leaving]) work();
      for (const ws of signalling.clients) ws.terminate();
      for (const socket of sockets) socket.destroy();
      if (closing !== undefined) await new Promise((resolve) => closing.close(resolve));
    },
    async comeUp() {
      server ??= await listen(port);
    },
    onDown(work) {
      leaving.add(work);
      return () => leaving.delete(work);
    },
  };
}

/**
 * A page's request that a browser sends without asking first, because a form could send it too.
 * Were an origin ever let through by mistake, it still could change nothing in this way.
 */
function isFormLike({ method, headers }: IncomingMessage): boolean {
  const changes = method === 'POST' || method === 'PUT';
  const isJson = /^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '');
  return headers.origin !== undefined && changes && !isJson;
}

function isLoopbackAuthority(authority: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/.test(authority);
}

function isReadable(target: string): boolean {
  try {
    readPath(target);
    return URL.canParse(target, 'ws://ingest');
  } catch {
    return false;
  }
}
