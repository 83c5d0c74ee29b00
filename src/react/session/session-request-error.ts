import type { SessionErrorCode } from '../../qencode/session-messages.js';

/**
 * The failure between page and server: a refusal of the session endpoint; `network`, when no
 * answer came; `unexpected-answer`, when one came that is none of the endpoint's; `headers-failed`,
 * when the app's own `headers` function threw.
 */
export type SessionRequestErrorCode =
  | SessionErrorCode
  | 'network'
  | 'unexpected-answer'
  | 'headers-failed';

/** Why a session could not be started, renewed, stopped or asked for; its message is for people. */
export class SessionRequestError extends Error {
  override readonly name = 'SessionRequestError';
  readonly code: SessionRequestErrorCode;
  /** The HTTP status, or `null` when no answer came. */
  readonly status: number | null;
  /** When the server wants to be asked again, in seconds; `null` if it does not say. */
  readonly retryAfterSeconds: number | null;

  constructor(
    code: SessionRequestErrorCode,
    message: string,
    options: {
      readonly status?: number;
      readonly retryAfterSeconds?: number | null;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.status = options.status ?? null;
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
  }
}
