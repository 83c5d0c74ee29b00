import { LiveApiError } from './live-api-error.js';
import {
  SESSION_ERROR_STATUS,
  type SessionError,
  type SessionErrorCode,
} from './session-messages.js';

/** Ends the handling of a request with this refusal. */
export class SessionRefusal extends Error {
  override readonly name = 'SessionRefusal';
  readonly code: SessionErrorCode;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: SessionErrorCode,
    message: string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.code = code;
    this.headers = headers;
  }
}

/** The refusal that something thrown amounts to. It says nothing of what a server or the app said. */
export function toRefusal(thrown: unknown): SessionRefusal {
  if (thrown instanceof SessionRefusal) return thrown;
  const failed = thrown instanceof LiveApiError ? thrown : null;
  if (failed?.code === 'timeout') {
    return new SessionRefusal(
      'upstream-timeout',
      'The streaming service did not answer in time. Try again in a moment.',
    );
  }
  if (failed?.code === 'unauthorized') {
    return new SessionRefusal(
      'upstream',
      'This server has no valid API key for the streaming service. Tell whoever runs it.',
    );
  }
  const waitSeconds = failed?.retryAfterSeconds ?? null;
  if (waitSeconds !== null) {
    return new SessionRefusal(
      'upstream',
      `The streaming service takes no more requests now. Try again in ${waitSeconds} s.`,
      { 'retry-after': String(waitSeconds) },
    );
  }
  return new SessionRefusal(
    'upstream',
    'The streaming service could not do this now. Try again in a moment; if it stays, tell whoever runs this server.',
  );
}

/** The answer that carries a refusal. */
export function refusalResponse({ code, message, headers }: SessionRefusal): Response {
  const body: SessionError = { error: code, message };
  return jsonResponse(SESSION_ERROR_STATUS[code], body, headers);
}

/** An answer in JSON that nobody stores. */
export function jsonResponse(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
  });
}
