import type { BroadcastError } from '../errors.js';

/** The life of one broadcast, which may outlive several sessions with the ingest. */
export type Connection =
  /** Nothing is published. `preparation` says how far ahead of the button signaling already is. */
  | { readonly status: 'idle'; readonly preparation: Preparation }
  /** The user asked to go live at `since`. `attempt` counts from 1. */
  | {
      readonly status: 'connecting';
      readonly since: number;
      readonly attempt: number;
      readonly step: Step;
    }
  /** Media flows. `since` is when the broadcast first went live; gaps do not reset it. */
  | {
      readonly status: 'live';
      readonly since: number;
      readonly sessionId: number;
      /** Set for the first seconds after a gap: losing the session again resumes this budget. */
      readonly recoveringFrom: Gap | null;
    }
  /** The broadcast was live and is being brought back. Viewers see a freeze since `gap.lostAt`. */
  | {
      readonly status: 'reconnecting';
      readonly since: number;
      readonly gap: Gap;
      readonly step: Step;
    }
  /** Over, and only the user can start it again. `endedAt` is when it was given up. */
  | { readonly status: 'failed'; readonly error: BroadcastError; readonly endedAt: number };

/** The five words of `data-status`. */
export type ConnectionStatus = Connection['status'];

/** Signaling that runs ahead of the button; it publishes nothing. */
export type Preparation =
  | { readonly phase: 'none' }
  | { readonly phase: 'preparing'; readonly sessionId: number; readonly attempt: number }
  | { readonly phase: 'ready'; readonly sessionId: number }
  /** The last try failed with `cause`; the next one starts at `nextTryAt`, `Infinity` for never. */
  | {
      readonly phase: 'waiting';
      readonly nextTryAt: number;
      readonly attempt: number;
      readonly cause: BroadcastError;
    };

/** What an attempt to publish is doing now. */
export type Step =
  /** Camera and microphone are being asked for. */
  | { readonly phase: 'capturing' }
  /** A socket to the ingest is being opened and its offer awaited. */
  | { readonly phase: 'signaling'; readonly sessionId: number }
  /** The answer is out; ICE and DTLS are coming up. */
  | { readonly phase: 'negotiating'; readonly sessionId: number }
  /** The transport is up; the first packets of media are awaited. */
  | { readonly phase: 'first-media'; readonly sessionId: number }
  /** The last attempt failed with `cause`; the next one starts at `nextTryAt`. */
  | { readonly phase: 'waiting'; readonly nextTryAt: number; readonly cause: BroadcastError };

/** One interruption: when media stopped, why, and how many attempts to resume were begun. */
export interface Gap {
  readonly lostAt: number;
  readonly cause: BroadcastError;
  readonly attempt: number;
}

/** What is on its way to the ingest: the session, if one should be running in this state. */
export function selectSessionId(connection: Connection): number | null {
  switch (connection.status) {
    case 'idle':
      return 'sessionId' in connection.preparation ? connection.preparation.sessionId : null;
    case 'connecting':
    case 'reconnecting':
      return 'sessionId' in connection.step ? connection.step.sessionId : null;
    case 'live':
      return connection.sessionId;
    case 'failed':
      return null;
  }
}
