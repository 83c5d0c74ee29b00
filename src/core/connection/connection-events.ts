import type { BroadcastError } from '../errors.js';
import type { SentMedia } from '../peer/sent-media.js';
import type { IngestTarget } from './target.js';

/** Everything that can happen to a connection: wishes of the app, and past facts of a session. */
export type ConnectionEvent =
  | { readonly type: 'target-changed'; readonly target: IngestTarget }
  /** Another source that is live on the stream may only be thrown off with `takeOver`. */
  | { readonly type: 'start-requested'; readonly takeOver?: boolean }
  | { readonly type: 'stop-requested' }
  | { readonly type: 'release-requested' }
  | { readonly type: 'prepare-requested' }
  /** The user pressed "Try now". */
  | { readonly type: 'retry-requested' }
  /** The wait before the next attempt is over. */
  | { readonly type: 'retry-due' }
  /** The old session had its chance to heal. */
  | { readonly type: 'replacement-due' }
  /** The resume window ran out. */
  | { readonly type: 'window-closed' }
  /** The app handed over another stream to continue with. */
  | { readonly type: 'renewed'; readonly requestId: number; readonly target: IngestTarget }
  | { readonly type: 'renewal-failed'; readonly requestId: number; readonly error: BroadcastError }
  /** The page is being left, for good or for the browser's back-forward cache. */
  | { readonly type: 'page-left' }
  /** The page came back out of that cache. */
  | { readonly type: 'page-returned' }
  /** The app passed on a status of the stream: `stream-status.ts`. */
  | { readonly type: 'stream-told'; readonly word: string | null; readonly clockOffsetMs: number }
  | SessionEvent;

/** Past facts of one session. */
export type SessionEvent =
  | { readonly type: 'session-prepared'; readonly sessionId: number }
  | {
      readonly type: 'session-progressed';
      readonly sessionId: number;
      readonly phase: 'negotiating' | 'first-media';
    }
  | { readonly type: 'session-live'; readonly sessionId: number; readonly sent: SentMedia }
  /** A camera or microphone is there that this session was negotiated without; told as long as it is. */
  | { readonly type: 'renegotiation-needed'; readonly sessionId: number }
  /** Media flowed long enough to call the broadcast recovered. */
  | { readonly type: 'session-healthy'; readonly sessionId: number }
  /** Nothing came back on the transport for so long. */
  | { readonly type: 'session-silent'; readonly sessionId: number; readonly forMs: number }
  /** Something came back again. */
  | { readonly type: 'session-alive'; readonly sessionId: number; readonly sent: SentMedia }
  /** The browser gave up the path for media; signaling may be alive. */
  | {
      readonly type: 'session-path-failed';
      readonly sessionId: number;
      readonly error: BroadcastError;
    }
  /** Whether the ingest answered when it was asked over the session's own socket. */
  | { readonly type: 'session-probed'; readonly sessionId: number; readonly answered: boolean }
  /** Ingest and browser look for a path anew, as they agreed over the session's own signaling. */
  | { readonly type: 'session-restarted'; readonly sessionId: number }
  /** A socket of its own found the ingest again, while the session `sessionId` is held. */
  | { readonly type: 'ingest-found'; readonly sessionId: number }
  | {
      readonly type: 'session-ended';
      readonly sessionId: number;
      readonly error: BroadcastError;
    };
