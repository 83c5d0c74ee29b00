/**
 * The messages between a page and its app's own server about one broadcast: the JSON of the session
 * endpoint. Reading is tolerant: a missing field becomes `null`, an unknown one is ignored.
 */

/** Status words of the Live API; words it may grow come through as given, in lower case. */
export type SessionStatusWord =
  | 'created'
  | 'waiting'
  | 'live'
  | 'idle'
  | 'stopped'
  | 'deleted'
  | (string & {});

/** A started stream, as the page gets it. `serverUrl` and `streamKey` are credentials to publish. */
export interface BroadcastSession {
  /** Names this start of the stream in later requests; opaque. */
  readonly session: string;
  readonly status: SessionStatusWord;
  /** Where to publish over WebRTC, for `serverUrl` of the broadcaster. */
  readonly serverUrl: string;
  readonly streamKey: string;
  /** When the stream was started on the server's clock, ISO 8601; `null` if it does not say. */
  readonly startedAt: string | null;
  /** The time by that clock as the server answered, ISO 8601; `null` if it does not say. */
  readonly serverTime: string | null;
  /** HLS playlist for viewers. */
  readonly playbackUrl: string | null;
  /** Server for RTMP encoders, which take the stream key apart. */
  readonly rtmpUrl: string | null;
  /** Whole address for SRT encoders, a credential. */
  readonly srtUrl: string | null;
}

/** Where the stream of a session stands. */
export interface SessionStatus {
  readonly session: string;
  readonly status: SessionStatusWord;
  /** ISO 8601; `null` if the server does not say. */
  readonly startedAt: string | null;
  /** The server's clock as it answered, ISO 8601; `null` if it does not say. */
  readonly serverTime: string | null;
}

/** Why the session endpoint refused, each with one HTTP status. */
export type SessionErrorCode =
  | 'malformed'
  | 'not-authorized'
  | 'foreign-origin'
  | 'unknown-session'
  | 'method-not-allowed'
  | 'too-slow'
  | 'too-large'
  | 'too-many-starts'
  | 'too-many-listeners'
  | 'upstream'
  | 'upstream-timeout';

/** The HTTP status that goes with each refusal. */
export const SESSION_ERROR_STATUS: Readonly<Record<SessionErrorCode, number>> = {
  malformed: 400,
  'not-authorized': 401,
  'foreign-origin': 403,
  'unknown-session': 404,
  'method-not-allowed': 405,
  'too-slow': 408,
  'too-large': 413,
  'too-many-starts': 429,
  'too-many-listeners': 429,
  upstream: 502,
  'upstream-timeout': 504,
};

/** The body of a refusal. */
export interface SessionError {
  readonly error: SessionErrorCode;
  /** One or two sentences for people, without secrets. */
  readonly message: string;
}

/** Reads the answer to starting or renewing a session; `null` if nobody could publish with it. */
export function parseBroadcastSession(body: unknown): BroadcastSession | null {
  const status = parseSessionStatus(body);
  const fields = fieldsOf(body);
  const serverUrl = textOf(fields['serverUrl']);
  if (status === null || serverUrl === null) return null;
  return {
    ...status,
    serverUrl,
    streamKey: textOf(fields['streamKey']) ?? '',
    playbackUrl: textOf(fields['playbackUrl']),
    rtmpUrl: textOf(fields['rtmpUrl']),
    srtUrl: textOf(fields['srtUrl']),
  };
}

/** Reads a status, from an answer or from the data of a `status` event; `null` if it is none. */
export function parseSessionStatus(body: unknown): SessionStatus | null {
  const fields = fieldsOf(body);
  const session = textOf(fields['session']);
  const status = textOf(fields['status'])?.trim().toLowerCase();
  if (session === null || !status) return null;
  return {
    session,
    status,
    startedAt: instantOf(fields['startedAt']),
    serverTime: instantOf(fields['serverTime']),
  };
}

/**
 * Reads the body of a refusal; `null` if it is none of ours, such as a proxy's error page, which
 * then has to be judged by its HTTP status.
 */
export function parseSessionError(body: unknown): SessionError | null {
  const { error, message } = fieldsOf(body);
  if (!isSessionErrorCode(error)) return null;
  return { error, message: textOf(message) ?? '' };
}

function isSessionErrorCode(value: unknown): value is SessionErrorCode {
  return typeof value === 'string' && Object.hasOwn(SESSION_ERROR_STATUS, value);
}

function fieldsOf(body: unknown): Readonly<Record<string, unknown>> {
  return typeof body === 'object' && body !== null ? { ...body } : {};
}

function instantOf(value: unknown): string | null {
  const text = textOf(value);
  return text === null || Number.isNaN(Date.parse(text)) ? null : text;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
