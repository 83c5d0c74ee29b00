import type { OfferedCandidate } from '../webrtc/ingest-peer.js';

/** The messages that OvenMediaEngine's WebSocket signaling sends, as JSON, one text frame each. */

/** One ICE server as OvenMediaEngine spells it: `user_name` in the legacy list, `username` in the standard one. */
export interface OmeIceServer {
  readonly urls: readonly string[];
  readonly username?: string;
  readonly user_name?: string;
  readonly credential?: string;
}

/** The reply to `request_offer`. */
export interface OmeOffer {
  readonly command: 'offer';
  /** Belongs to the socket: every later command of it must echo this number. */
  readonly id: number;
  readonly peer_id: number;
  readonly code: 200;
  readonly sdp: { readonly type: 'offer'; readonly sdp: string };
  readonly candidates: readonly OfferedCandidate[];
  /** Standard spelling. */
  readonly iceServers?: readonly OmeIceServer[];
  /** Legacy spelling, with `user_name`. */
  readonly ice_servers?: readonly OmeIceServer[];
}

/** A refusal. It carries no `command`, and the socket stays open behind it. */
export interface OmeError {
  readonly code: number;
  readonly error: string;
}
