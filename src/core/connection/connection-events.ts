import type { BroadcastError } from '../errors.js';
import type { IngestTarget } from './target.js';

/** Everything that can happen to a connection: wishes of the app, and past facts of a session. */
export type ConnectionHappening =
  | { readonly type: 'target-changed'; readonly target: IngestTarget }
  | { readonly type: 'start-requested' }
  | { readonly type: 'stop-requested' }
  | { readonly type: 'release-requested' }
  | { readonly type: 'prepare-requested' }
  /** The user pressed "Try now". */
  | { readonly type: 'retry-requested' }
  /** The wait before the next attempt is over. */
  | { readonly type: 'retry-due' }
  /** The resume window ran out. */
  | { readonly type: 'window-closed' }
  | { readonly type: 'session-prepared'; readonly sessionId: number }
  | {
      readonly type: 'session-progressed';
      readonly sessionId: number;
      readonly phase: 'negotiating' | 'first-media';
    }
  | { readonly type: 'session-live'; readonly sessionId: number }
  /** Media flowed long enough to call the broadcast recovered. */
  | { readonly type: 'session-healthy'; readonly sessionId: number }
  | {
      readonly type: 'session-ended';
      readonly sessionId: number;
      readonly error: BroadcastError;
    };
