import type { BroadcastError } from '../errors.js';
import type { Peer } from '../peer/peer.js';

/** The options that complete an address; the app's options have the same names. */
export interface AddressWishes {
  readonly streamKey?: unknown;
  readonly transport?: string;
  /** Is told of a wish that has no effect. */
  complain?(message: string): void;
}

/** One way to publish to one address. */
export interface SignalingAdapter {
  /**
   * Publishes. Resolves once ICE and DTLS are up; when it rejects it has already closed whatever it
   * opened.
   * @throws BroadcastError of the families `refusal`, `signaling` or `media`; the signal's reason.
   */
  publish(context: SignalingContext): Promise<SignalingSession>;
  /** Loads what it publishes with, ahead of time, where that is not there yet. May reject. */
  load?(signal: AbortSignal): Promise<unknown>;
  /**
   * Looks for the `attempt`th time, from 1, whether the server can be reached, in a way that
   * publishes nothing and disturbs nobody who does. Never rejects.
   */
  isReachable(attempt: number, signal: AbortSignal): Promise<boolean>;
}

/** The context of one session of an adapter. */
export interface SignalingContext {
  /**
   * Makes a peer, once its ICE servers are known. The adapter closes those that it does not return.
   * `detour` is what to try besides where no path for media is found, as a part of a sentence.
   * `bundlePolicy` is `balanced` unless it is given.
   */
  createPeer(
    iceServers: readonly RTCIceServer[],
    detour?: string,
    bundlePolicy?: RTCBundlePolicy,
  ): Peer;
  /** Resolves when the user wants to be live; until then nothing that publishes may be sent. */
  readonly go: Promise<void>;
  /** Tells how far the session came: what can be done before `go` is done, or what follows it. */
  report(progress: 'prepared' | 'negotiating'): void;
  /** Ends the attempt: the adapter cleans up and rejects with the signal's reason. */
  readonly signal: AbortSignal;
}

/** A session whose transport is up. */
export interface SignalingSession {
  /** The peer that sends the media; the caller closes it after the session. */
  readonly peer: Peer;
  /**
   * Settles once, when signaling is lost for good; never rejects. Where no signaling is kept open it
   * may take a request, such as that for a new path, to find out.
   */
  readonly lost: Promise<BroadcastError>;
  /**
   * Asks the server, over this session's own signaling and without harm to it, whether it can be
   * reached; `false` when nothing came back within about a second. Absent where signaling is not
   * kept open: then only `isReachable` can tell.
   */
  readonly probe?: (signal: AbortSignal) => Promise<boolean>;
  /**
   * Asks the server to look for a path anew, for a session whose path is silent or gone (ICE restart,
   * RFC 8445 section 2.4). Never rejects. Absent where signaling has no word for it.
   */
  readonly restartIce?: (signal: AbortSignal) => Promise<RestartOutcome>;
  /** Tells the server that the broadcast ends; repeatable, bounded to about a second. */
  close(): Promise<void>;
}

/** The outcome of a request for a new path. */
export type RestartOutcome =
  /** Both sides look for one now. */
  | 'restarted'
  /** The server answers, and does not do it: the session goes on as it was. */
  | 'refused'
  /** Nobody answers. */
  | 'unanswered';
