import { lookup } from 'node:dns/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { WebSocketServer } from 'ws';
import type { IngestContext } from './context/ingest-context.js';
import {
  type CallerRules,
  isCalledRightly,
  isFromElsewhere,
  isVisit,
  originsFor,
  ownNames,
  reachableAddress,
} from './http/callers.js';
import { tlsCredentials } from './http/certificate.js';
import {
  applyCors,
  HttpError,
  type HttpRoute,
  isAllowedOrigin,
  readPath,
  readRequest,
  sendJson,
} from './http/http.js';
import { LIMITS } from './options/limits.js';
import { createPlaybackHandler } from './playback/playback-endpoint.js';
import { serveOmeConnection } from './signaling/ome-connection.js';
import { createPublishHandler } from './signaling/signaling-endpoint.js';
import { readSignalingTarget } from './streams/addresses.js';
import { isForWhip } from './whip/whip-endpoint.js';

/** The one TCP port: HTTP routes and signalling sockets. */
export interface IngestServer {
  /** `127.0.0.1:PORT`; where everything is listened on it names an address that others reach. */
  readonly authority: string;
  /** Whether `https` and `wss` are spoken. */
  readonly isSecure: boolean;
  /** The name in `authority`. */
  readonly hostname: string;
  /** The address that is listened on. */
  readonly address: string;
  /** Serves everything below `/<name>/`; an empty name is `/` itself. */
  route(name: string, route: HttpRoute): void;
  /** Serves what no other route is for. It answers 404 to what it does not know. */
  routeRest(route: HttpRoute): void;
  /** Serves WHIP, at whatever address: it answers OPTIONS, and with plain words, by itself. */
  routeWhip(route: HttpRoute): void;
  /** Destroys every connection and stops listening. May be called again. */
  goDown(): Promise<void>;
  /** Listens on the same port again. Rejects if somebody else took it. */
  comeUp(): Promise<void>;
  /** Is told when connections must end. Returns how to forget it. */
  onDown(work: () => void): () => void;
}

/** Listens. Rejects with the system's error when the port is taken, and for a certificate that cannot be used. */
export async function openServer(context: IngestContext): Promise<IngestServer> {
  const { options } = context;
  const routes = new Map<string, HttpRoute>();
  let rest: HttpRoute = async () => {
    throw new HttpError(404, 'There is nothing at this address.');
  };
  let whip: HttpRoute | undefined;
  const sockets = new Set<Socket>();
  const leaving = new Set<() => void>();
  const { address } = await lookup(options.host);
  const { allowedOrigins, allowedHosts } = options;
  const credentials = await tlsCredentials(options, ownNames({ address, allowedHosts }));
  const isSecure = credentials !== undefined;
  const rules: CallerRules = { address, isSecure, allowedOrigins, allowedHosts };
  const signalling = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: LIMITS.frameBytes,
  });

  const serveHttp = async (incoming: IncomingMessage, response: ServerResponse) => {
    const { method, headers } = incoming;
    const allowed =
      isCalledRightly(headers, rules) && applyCors(incoming, response, originsFor(headers, rules));
    try {
      if (!allowed) throw new HttpError(403, 'Pages of this origin may not use the ingest.');
      if (whip !== undefined && isForWhip(method, incoming.url ?? '/')) {
        return void (await whip(readRequest(incoming), response));
      }
      if (incoming.method === 'OPTIONS') return void response.writeHead(204).end();
      if (isFormLike(incoming)) throw new HttpError(415, 'Send content-type: application/json.');
      const request = readRequest(incoming);
      const route = routes.get(request.path[0] ?? '');
      // Media may be embedded anywhere; whoever plays it knows its secret name.
      if (route !== undefined && isFromElsewhere(headers) && !isVisit(method, headers)) {
        throw new HttpError(403, 'Pages of other sites may not use the ingest.');
      }
      const reply = await (route ?? rest)(request, response);
      if (reply !== undefined) sendJson(response, reply.status, reply.body);
    } catch (thrown) {
      const status = thrown instanceof HttpError ? thrown.status : 500;
      const message = thrown instanceof HttpError ? thrown.message : 'The ingest failed to answer.';
      if (status === 500) options.log(`HTTP request failed: ${String(thrown)}`);
      const headers = thrown instanceof HttpError ? thrown.headers : {};
      sendJson(response, status, { error: status, message }, headers);
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
    const serve = (incoming: IncomingMessage, response: ServerResponse) =>
      void serveHttp(incoming, response);
    const patience = { requestTimeout: LIMITS.requestMs };
    const server =
      credentials === undefined
        ? createServer(patience, serve)
        : createTlsServer({ ...patience, ...credentials }, serve);
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      // A caller that goes away in the middle of anything is no error of ours.
      socket.on('error', () => {});
      socket.on('close', () => sockets.delete(socket));
    });
    server.on('upgrade', (incoming, socket, head) => {
      // Over TLS it is another one than that of the connection, and nobody else listens to it yet.
      socket.on('error', () => {});
      const target = incoming.url ?? '/';
      const { headers } = incoming;
      const isAllowed =
        isCalledRightly(headers, rules) &&
        isAllowedOrigin(headers.origin, originsFor(headers, rules));
      if (!isAllowed || !isReadable(target)) {
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
  const shown = reachableAddress(address);
  const hostname = shown.includes(':') ? `[${shown}]` : shown;
  return {
    authority: `${hostname}:${port}`,
    isSecure,
    hostname,
    address,
    route: (name, route) => routes.set(name, route),
    routeRest(route) {
      rest = route;
    },
    routeWhip(route) {
      whip = route;
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
  const changes = method === 'POST' || method === 'PUT' || method === 'PATCH';
  const isJson = /^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '');
  return headers.origin !== undefined && changes && !isJson;
}

function isReadable(target: string): boolean {
  try {
    readPath(target);
    return URL.canParse(target, 'ws://ingest');
  } catch {
    return false;
  }
}
