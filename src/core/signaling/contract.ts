import type { BroadcastError } from '../errors.js';
import type { Peer } from '../peer/peer.js';

/** What an adapter is handed for one session. */
export interface SignalingContext {
  /** Makes a peer, once its ICE servers are known. The adapter closes those that it does not return. */
  createPeer(iceServers: readonly RTCIceServer[]): Peer;
  /** Whether what waits for the user is renewed, so that viewers see the first picture soonest. */
  readonly freshAnswers: boolean;
  /** Resolves when the user wants to be live; until then nothing that publishes may be sent. */
  readonly go: Promise<void>;
  /** Tells how far the session came. */
  report(progress: 'prepared' | 'negotiating'): void;
  /**
   * Whether a session of ours was lost at this stream a moment ago, of this broadcast or of one
   * before it: then a name that is taken is most likely still held by that session, and the refusal
   * is `stream-busy` instead of `stream-not-found`.
   */
  isRepublish(): boolean;
  /** The time on the server's clock, as far as it is known, in epoch milliseconds. */
  serverTime(): number;
  /** Which attempt to connect, or to come back after this break, it is; the first is 1. */
  attempt(): number;
  /** Ends the attempt: the adapter cleans up and rejects with the signal's reason. */
  readonly signal: AbortSignal;
}

/** A session whose transport is up. */
export interface SignalingSession {
  /** What sends the media; the caller closes it after the session. */
  readonly peer: Peer;
  /** Settles once, when signaling is lost for good; never rejects. */
  readonly lost: Promise<BroadcastError>;
  /**
   * Asks the ingest, over this session's own signaling and without harm to it, whether it can be
   * reached; `false` when nothing came back within about a second.
   */
  probe(signal: AbortSignal): Promise<boolean>;
  /** Tells the ingest that the broadcast ends; repeatable, bounded to about a second. */
  close(): Promise<void>;
}

/**
 * One way to publish. Resolves once ICE and DTLS are up; when it rejects it has already closed
 * whatever it opened.
 * @throws BroadcastError of the signaling family, or `negotiation-failed`.
 */
export type Signaling = (context: SignalingContext) => Promise<SignalingSession>;

/**
 * Looks for the `attempt`th time, from 1, whether the ingest can be reached, on a connection of its
 * own that publishes nothing.
 * @throws BroadcastError `unreachable`.
 */
export type Scout = (attempt: number, signal: AbortSignal) => Promise<void>;
