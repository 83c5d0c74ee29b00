import type { BroadcastError } from '../errors.js';
import type { SentMedia } from '../peer/sent-media.js';
import type { NetworkDoubt } from './network.js';

/**
 * The life of one broadcast, which may outlive several sessions with the ingest. A live session that
 * gets into trouble is held instead of ended, because it goes on by itself once its path is back:
 *
 * ```text
 *  live ── nothing came back for about 1 s, or the browser gave the path up ──▶ probing
 *    ▲                                                                            │ asked over its
 *    │ something came back: the same session, live again                          │ own socket
 *    ├──────────────── healing ◀── the ingest answers ────────────────────────────┤
 *    │                    │        (or a socket of its own found it)              │
 *    ├──────────────── holding ◀── nothing answers: the network is looked for ────┘
 *    │                    │
 *    │                    ▼ its time is over: stop, then a new session
 *    └──────────────── signaling → negotiating → first-media      waiting between attempts
 *  the socket closed ─────▲                                       until the window ends: renewing,
 *                                                                 or failed with the reason
 * ```
 */
export type Connection =
  /** Nothing is published. `preparation` says how far ahead of the button signaling already is. */
  | { readonly status: 'idle'; readonly preparation: Preparation }
  /**
   * The user asked to go live at `since`. `attempt` counts from 1; attempts made while the browser
   * is offline do not count. The time for them runs from `triedSince`.
   */
  | {
      readonly status: 'connecting';
      readonly since: number;
      readonly triedSince: number;
      readonly attempt: number;
      /** The error of the last attempt; `null` during the first. */
      readonly cause: BroadcastError | null;
      /** Whether the app handed over another stream to start with, for which the kit asks once. */
      readonly isRenewed: boolean;
      readonly step: StartStep;
    }
  /** Media flows. `since` is when the broadcast first went live; interruptions do not reset it. */
  | {
      readonly status: 'live';
      readonly since: number;
      readonly sessionId: number;
      /** The media that the server takes. A kind that it refused does not reach viewers. */
      readonly sent: SentMedia;
      /** Set for the first seconds after an interruption: losing the session again resumes this budget. */
      readonly recoveringFrom: Interruption | null;
    }
  /** The broadcast was live and is being brought back. Viewers see a freeze since `interruption.lostAt`. */
  | {
      readonly status: 'reconnecting';
      readonly since: number;
      readonly interruption: Interruption;
      readonly step: ResumeStep;
    }
  /** Over, and only the user can start it again. `endedAt` is when it was given up. */
  | { readonly status: 'failed'; readonly error: BroadcastError; readonly endedAt: number };

/** A broadcast that is live. */
export type Live = Extract<Connection, { status: 'live' }>;

/** A broadcast that is being brought back. */
export type Reconnecting = Extract<Connection, { status: 'reconnecting' }>;

/** A reconnecting broadcast whose old session is still in place. */
export type Held = Reconnecting & { readonly step: HeldStep };

/** Whether the old session is still in place. */
export function isHeld(connection: Connection): connection is Held {
  if (connection.status !== 'reconnecting') return false;
  const { phase } = connection.step;
  return phase === 'probing' || phase === 'healing' || phase === 'holding';
}

/** The five words of `data-status`. */
export type ConnectionStatus = Connection['status'];

/** Signaling that runs ahead of the button; it publishes nothing. */
export type Preparation =
  | { readonly phase: 'none' }
  | { readonly phase: 'preparing'; readonly sessionId: number; readonly attempt: number }
  /** The offer is there since `since`, and has been answered. */
  | {
      readonly phase: 'ready';
      readonly sessionId: number;
      readonly since: number;
      readonly attempt: number;
    }
  /** The last try failed with `cause`; the next one starts at `nextTryAt`, `Infinity` for never. */
  | {
      readonly phase: 'waiting';
      readonly nextTryAt: number;
      readonly attempt: number;
      readonly cause: BroadcastError;
    };

/** The present step of the first connect. */
export type StartStep =
  /** The browser is asking for camera and microphone. */
  { readonly phase: 'capturing' } | Step;

/** The present step of bringing a broadcast back. */
export type ResumeStep = HeldStep | Step;

/** The present step of an attempt to publish. */
export type Step =
  /** A socket to the ingest is being opened and its offer awaited. */
  | { readonly phase: 'signaling'; readonly sessionId: number }
  /** The answer is out; ICE and DTLS are coming up. */
  | { readonly phase: 'negotiating'; readonly sessionId: number }
  /** The transport is up; the first packets of media are awaited. */
  | { readonly phase: 'first-media'; readonly sessionId: number }
  /** The last attempt failed with `cause`; the next one starts at `nextTryAt`. */
  | { readonly phase: 'waiting'; readonly nextTryAt: number; readonly cause: BroadcastError }
  /** The window ran out with `cause`, and the kit asks the app for another stream. */
  | { readonly phase: 'renewing'; readonly requestId: number; readonly cause: BroadcastError }
  /** The page was left, and may come back out of the browser's cache; no session runs. */
  | { readonly phase: 'away' };

/**
 * Nothing comes back, but the old session is still in place: it goes on by itself, within
 * milliseconds, once its path does. `hasPath` turns false when the browser gave its path up.
 */
export type HeldStep =
  /** The ingest is asked, over the session's own socket, whether it can be reached at all. */
  | { readonly phase: 'probing'; readonly sessionId: number; readonly hasPath: boolean }
  /** The ingest can be reached, so only the path is dead: a new session replaces it at `replaceAt`. */
  | { readonly phase: 'healing'; readonly sessionId: number; readonly replaceAt: number }
  /** Nothing answers: the network is gone, and is looked for with sockets that publish nothing. */
  | { readonly phase: 'holding'; readonly sessionId: number; readonly hasPath: boolean };

/** One interruption. */
export interface Interruption {
  /** When media stopped. */
  readonly lostAt: number;
  /** The best explanation that is known by now. */
  readonly cause: InterruptionCause;
  /** The newest error. */
  readonly error: BroadcastError;
  /** How many attempts to publish anew were begun; those made while offline do not count. */
  readonly attempt: number;
  /** How many attempts in a row a server that can be reached refused. */
  readonly refusals: number;
  /**
   * When the ingest began to wait: `lostAt`, or when the stream was last renewed. Later than `lostAt`
   * also where the clock jumped to the end of the window, so that there is time left to ask.
   */
  readonly windowFrom: number;
  readonly renewal: Renewal;
}

/** Whether the app handed over another stream to continue with, for which the kit asks once. */
export type Renewal =
  | 'none'
  /** It did, and nothing of ours was there yet: nothing there is held by us. */
  | 'fresh'
  /** It did, and a session of ours was begun there. */
  | 'used';

/** How an interruption was noticed, which is what there is to tell of its cause. */
export type InterruptionCause =
  /** The ingest, or something in between, closed the signaling socket. */
  | 'socket-closed'
  /** The browser gave up the path for media. */
  | 'path-failed'
  /** Nothing came back on the path for media for about a second. */
  | 'silence'
  /** The page was left, and kept by the browser. */
  | 'page-left'
  /** Nothing was lost: there is a picture or a sound to send that the session was begun without. */
  | 'source-added'
  | NetworkDoubt['kind'];

/** The session that should be running in this state; `null` for none. */
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

/** Whether a broadcast is under way, from the press of the button to its end. */
export function isBroadcasting({ status }: Connection): boolean {
  return status === 'connecting' || status === 'live' || status === 'reconnecting';
}

/** Whether the page was left during a broadcast, and kept by the browser. */
export function isAway(connection: Connection): boolean {
  return 'step' in connection && connection.step.phase === 'away';
}

/** Which attempt to connect, or to come back after this break, is under way; the first is 1. */
export function selectAttempt(connection: Connection): number {
  if (connection.status === 'connecting') return connection.attempt;
  return connection.status === 'reconnecting' ? Math.max(1, connection.interruption.attempt) : 1;
}
