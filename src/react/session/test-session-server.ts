import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BroadcastSession } from '../../qencode/session-messages.js';

/** An answer of the endpoint: a status, a body, headers. */
export interface Answer {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A session endpoint on loopback whose answers a test decides, one request at a time. */
export interface TestSessionServer {
  readonly url: string;
  /** `POST`, `PUT s1`, … in the order in which they came. */
  readonly requests: readonly string[];
  /** The authorization header of each request. */
  readonly tokens: readonly (string | undefined)[];
  /** Decides the answers from now on; one that is never settled keeps the page waiting. */
  answerWith(answer: (method: string, session: string | null) => Answer | Promise<Answer>): void;
  close(): Promise<void>;
}

/** The answer to starting a stream. */
export function sampleSession(session: string): BroadcastSession {
  return {
    session,
    status: 'waiting',
    serverUrl: 'wss://host.invalid/qlive',
    streamKey: `key-of-${session}`,
    startedAt: new Date().toISOString(),
    serverTime: null,
    playbackUrl: 'https://play.invalid/playlist.m3u8',
    rtmpUrl: null,
    srtUrl: null,
  };
}

/** Answers as the endpoint does: each start is another session, numbered from s1. */
export function usualAnswers(): (method: string, session: string | null) => Answer {
  let count = 0;
  return (method, session) => {
    if (method === 'DELETE') return { body: { session, status: 'stopped', startedAt: null } };
    if (method === 'GET') return { body: { session, status: 'waiting', startedAt: null } };
    count += 1;
    return { status: method === 'POST' ? 201 : 200, body: sampleSession(`s${count}`) };
  };
}

/** Opens a server with the usual answers. */
export async function startTestSessionServer(): Promise<TestSessionServer> {
  const requests: string[] = [];
  const tokens: (string | undefined)[] = [];
  let answer: Parameters<TestSessionServer['answerWith']>[0] = usualAnswers();
  const server = createServer(async (request, response) => {
    const { method = '', headers } = request;
    const session = new URL(request.url ?? '', 'http://localhost').searchParams.get('session');
    const cors = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' };
    const methods = { 'access-control-allow-methods': 'GET, POST, PUT, DELETE' };
    if (method === 'OPTIONS') {
      response.writeHead(204, { ...cors, ...methods }).end();
      return;
    }
    requests.push(session === null ? method : `${method} ${session}`);
    tokens.push(headers.authorization);
    const { status = 200, body, headers: more } = await answer(method, session);
    response.writeHead(status, { ...cors, 'content-type': 'application/json', ...more });
    response.end(typeof body === 'string' ? body : JSON.stringify(body ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/api/broadcast`,
    requests,
    tokens,
    answerWith(next) {
      answer = next;
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
