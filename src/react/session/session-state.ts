import type {
  BroadcastSession,
  SessionStatus,
  SessionStatusWord,
} from '../../qencode/session-messages.js';
import type { SessionRequestError } from './session-request-error.js';

/**
 * Where a session stands: `started` from the server's answer until the stream ended, `failed` when
 * starting or renewing did not work.
 */
export type SessionPhase =
  | 'idle'
  | 'starting'
  | 'started'
  | 'renewing'
  | 'stopping'
  | 'ended'
  | 'failed';

/** A session as the page knows it. */
export interface SessionState {
  readonly phase: SessionPhase;
  /** The last one that was started; also once it has ended, for it can be renewed. A credential. */
  readonly session: BroadcastSession | null;
  /** The newest status of the stream that the server told. */
  readonly streamStatus: SessionStatusWord | null;
  /** How far the server's clock is ahead of this page's, in milliseconds; 0 until it is known. */
  readonly clockOffsetMs: number;
  /** Why the last request failed; `null` from the next one on. */
  readonly error: SessionRequestError | null;
  /** Whether the app ended the stream itself, so that nobody should publish to it any more. */
  readonly isStopped: boolean;
}

/** The events of a session. */
export type SessionEvent =
  | { readonly type: 'asked'; readonly request: 'start' | 'renew' | 'stop' }
  | { readonly type: 'opened'; readonly session: BroadcastSession }
  | { readonly type: 'status-told'; readonly status: SessionStatus }
  | { readonly type: 'stopped'; readonly status: SessionStatusWord }
  | { readonly type: 'gone' }
  | { readonly type: 'clock-read'; readonly offsetMs: number }
  | { readonly type: 'request-failed'; readonly error: SessionRequestError }
  /** Nobody waits for the answer to starting or renewing any more. */
  | { readonly type: 'abandoned' };

/** Before any request. */
export const INITIAL_SESSION: SessionState = {
  phase: 'idle',
  session: null,
  streamStatus: null,
  clockOffsetMs: 0,
  error: null,
  isStopped: false,
};

const ENDED_WORDS: ReadonlySet<string> = new Set(['stopped', 'deleted']);
const ASKED = { start: 'starting', renew: 'renewing', stop: 'stopping' } as const;

/** The next state; an event that does not fit changes nothing. */
export function sessionTransition(state: SessionState, event: SessionEvent): SessionState {
  const { clockOffsetMs } = state;
  switch (event.type) {
    case 'clock-read':
      return event.offsetMs === clockOffsetMs ? state : { ...state, clockOffsetMs: event.offsetMs };
    case 'asked':
      return event.request === 'start'
        ? { ...INITIAL_SESSION, clockOffsetMs, phase: 'starting' }
        : { ...state, phase: ASKED[event.request], error: null };
    case 'opened': {
      const { session } = event;
      const opened = { ...INITIAL_SESSION, clockOffsetMs, session, streamStatus: session.status };
      return { ...opened, phase: ENDED_WORDS.has(session.status) ? 'ended' : 'started' };
    }
    case 'status-told': {
      const { session, status } = event.status;
      if (state.phase !== 'started' || state.session?.session !== session) return state;
      if (ENDED_WORDS.has(status)) return { ...state, phase: 'ended', streamStatus: status };
      return state.streamStatus === status ? state : { ...state, streamStatus: status };
    }
    case 'stopped':
      return { ...state, phase: 'ended', streamStatus: event.status, isStopped: true };
    case 'gone':
      return state.phase === 'started'
        ? { ...state, phase: 'ended', streamStatus: 'deleted' }
        : state;
    case 'request-failed':
      return requestFailed(state, event.error);
    case 'abandoned':
      if (state.phase === 'starting') return { ...INITIAL_SESSION, clockOffsetMs };
      return state.phase === 'renewing' ? { ...state, phase: 'ended' } : state;
  }
}

function requestFailed(state: SessionState, error: SessionRequestError): SessionState {
  const isGone = error.code === 'unknown-session';
  if (state.phase === 'stopping') {
    // A stream that could not be stopped still runs.
    return isGone
      ? { ...state, phase: 'ended', streamStatus: 'deleted', isStopped: true }
      : { ...state, phase: 'started', error };
  }
  return { ...state, phase: 'failed', error, session: isGone ? null : state.session };
}
