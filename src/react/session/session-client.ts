import { childOf } from '../../core/foundation/abort.js';
import { within } from '../../core/foundation/time.js';
import type {
  BroadcastSession,
  SessionErrorCode,
  SessionStatus,
} from '../../qencode/session-messages.js';
import {
  parseBroadcastSession,
  parseSessionError,
  parseSessionStatus,
  SESSION_ERROR_STATUS,
} from '../../qencode/session-messages.js';
import { SessionRequestError } from './session-request-error.js';
import { ahead, JUMP_MS } from './watch-clock.js';

/** How the session endpoint is spoken to; read anew for each request. */
export interface SessionEndpoint {
  /** Its URL, absolute or relative to the page. */
  readonly url: string;
  /** Headers of each request, such as a bearer token. May be slow, and may give new ones each time. */
  readonly headers?: (() => HeadersInit | Promise<HeadersInit>) | undefined;
  /** `include` sends cookies to an endpoint on another origin. Default `same-origin`. */
  readonly credentials?: RequestCredentials | undefined;
}

/** The four requests. Each rejects with a `SessionRequestError`, or with the signal's reason. */
export interface SessionClient {
  start(signal: AbortSignal): Promise<BroadcastSession>;
  renew(session: string, signal: AbortSignal): Promise<BroadcastSession>;
  /** Goes through also when the page is left meanwhile. */
  stop(session: string): Promise<SessionStatus>;
  status(session: string, signal: AbortSignal): Promise<SessionStatus>;
}

/** An endpoint that is silent for so long is taken to be out of reach. */
const ANSWER_MS = 30_000;

/** Makes the requests of one page; opens nothing by itself. */
export function createSessionClient(endpoint: () => SessionEndpoint): SessionClient {
  const ask = async <Answer extends { readonly serverTime: string | null }>(
    request: SessionRequest,
    parse: (body: unknown) => Answer | null,
    signal: AbortSignal,
  ): Promise<Answer> => {
    const life = childOf(signal);
    try {
      const exchange = send(endpoint(), request, life.signal);
      const before = ahead();
      const { response, body } = await within(exchange, ANSWER_MS, noAnswer, signal);
      if (!response.ok) throw refusal(response, body);
      const answer = parse(body);
      if (answer === null) throw unexpectedAnswer(response.status);
      // A clock that was set on the way, or a machine that slept, tells nothing of the server's.
      const isSteady = Math.abs(ahead() - before) < JUMP_MS;
      const serverTime = isSteady ? (answer.serverTime ?? dateOf(response)) : null;
      return { ...answer, serverTime };
    } finally {
      life.abort();
    }
  };
  return {
    start: (signal) => ask({ method: 'POST' }, parseBroadcastSession, signal),
    renew: (session, signal) => ask({ method: 'PUT', session }, parseBroadcastSession, signal),
    stop: (session) =>
      ask({ method: 'DELETE', session }, parseSessionStatus, new AbortController().signal),
    status: (session, signal) => ask({ method: 'GET', session }, parseSessionStatus, signal),
  };
}

/** The endpoint's URL for one session. */
export function sessionUrl(url: string, session: string): string {
  const [address = '', fragment] = url.split('#', 2);
  const named = `${address}${address.includes('?') ? '&' : '?'}session=${encodeURIComponent(session)}`;
  return fragment === undefined ? named : `${named}#${fragment}`;
}

interface SessionRequest {
  readonly method: 'POST' | 'PUT' | 'DELETE' | 'GET';
  readonly session?: string;
}

async function send(endpoint: SessionEndpoint, request: SessionRequest, signal: AbortSignal) {
  const { method, session } = request;
  const headers = await headersOf(endpoint);
  headers.set('accept', 'application/json');
  if (method === 'POST') headers.set('content-type', 'application/json');
  try {
    const url = session === undefined ? endpoint.url : sessionUrl(endpoint.url, session);
    const response = await fetch(url, {
      method,
      headers,
      signal,
      cache: 'no-store',
      credentials: endpoint.credentials ?? 'same-origin',
      keepalive: method === 'DELETE',
      ...(method === 'POST' ? { body: '{}' } : {}),
    });
    return { response, body: parseJson(await response.text()) };
  } catch (cause) {
    signal.throwIfAborted();
    throw unreachable(cause);
  }
}

async function headersOf({ headers }: SessionEndpoint): Promise<Headers> {
  try {
    return new Headers(await headers?.());
  } catch (cause) {
    throw new SessionRequestError(
      'headers-failed',
      'This page could not prove who you are. Sign in again, then try again.',
      { cause },
    );
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function unreachable(cause: unknown): SessionRequestError {
  return new SessionRequestError(
    'network',
    'The server of this page could not be reached. Check your network, then try again.',
    { cause },
  );
}

function noAnswer(): SessionRequestError {
  return new SessionRequestError(
    'network',
    'The server of this page did not answer in time. Check your network, then try again.',
  );
}

function unexpectedAnswer(status: number): SessionRequestError {
  return new SessionRequestError(
    'unexpected-answer',
    `The server of this page gave an answer that makes no sense (HTTP ${status}). Check that its session endpoint is where the page looks for it.`,
    { status },
  );
}

/** A proxy in between refuses in words of its own; its HTTP status still tells what it means. */
function refusal(response: Response, body: unknown): SessionRequestError {
  const { status } = response;
  const said = parseSessionError(body);
  const code = said?.error ?? codeOf(status);
  if (code === undefined) return unexpectedAnswer(status);
  const message =
    said !== null && said.message !== ''
      ? said.message
      : `The server of this page refused (HTTP ${status}). Try again.`;
  const retryAfterSeconds = parseRetryAfter(response);
  return new SessionRequestError(code, message, { status, retryAfterSeconds });
}

function codeOf(status: number): SessionErrorCode | undefined {
  // A 404 without our words is an endpoint that is not there, and no word about the session.
  if (status === 404) return undefined;
  const entry = Object.entries(SESSION_ERROR_STATUS).find(([, known]) => known === status);
  return entry?.[0] as SessionErrorCode | undefined;
}

/** The instant in the middle of the second that an HTTP date names. */
function dateOf(response: Response): string | null {
  const at = Date.parse(response.headers.get('date') ?? '');
  return Number.isNaN(at) ? null : new Date(at + 500).toISOString();
}

function parseRetryAfter({ headers }: Response): number | null {
  const value = headers.get('retry-after');
  if (value === null || value.trim() === '') return null;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return Math.max(0, seconds);
  const at = Date.parse(value);
  if (Number.isNaN(at)) return null;
  // The server means its own clock.
  const from = Date.parse(headers.get('date') ?? '');
  return Math.max(0, Math.ceil((at - (Number.isNaN(from) ? Date.now() : from)) / 1000));
}
