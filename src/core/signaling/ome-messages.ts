/**
 * The JSON messages of OvenMediaEngine's WebSocket signalling for ingest and playback, one text
 * frame each. The server offers; `id` is a per-socket integer that every later command echoes.
 */

/** One ICE server as OvenMediaEngine spells it: `user_name` in the legacy list, `username` in the standard one. */
export interface OmeIceServer {
  readonly urls: readonly string[];
  readonly username?: string;
  readonly user_name?: string;
  readonly credential?: string;
}

/** A trickled or bundled ICE candidate; the server sends `sdpMLineIndex` 0 and no `sdpMid`. */
export interface OmeCandidate {
  readonly candidate: string;
  readonly sdpMLineIndex?: number | null;
  readonly sdpMid?: string | null;
  readonly usernameFragment?: string | null;
}

/** The server's reply to `request_offer`. */
export interface OmeOffer {
  readonly command: 'offer';
  readonly id: number;
  readonly peer_id: number;
  readonly code: 200;
  readonly sdp: { readonly type: 'offer'; readonly sdp: string };
  readonly candidates: readonly OmeCandidate[];
  /** Standard spelling; preferred where both lists are present. */
  readonly iceServers?: readonly OmeIceServer[];
  /** Legacy spelling, with `user_name`. */
  readonly ice_servers?: readonly OmeIceServer[];
}

/** A refusal. It carries no `command`, and the socket stays open behind it. */
export interface OmeError {
  readonly code: number;
  readonly error: string;
}

/** Everything a client sends. */
export type OmeCommand =
  | { readonly command: 'request_offer' }
  | {
      readonly command: 'answer';
      readonly id: number;
      readonly peer_id: number;
      readonly sdp: { readonly type: 'answer'; readonly sdp: string };
    }
  | {
      readonly command: 'candidate';
      readonly id: number;
      readonly peer_id: number;
      readonly candidates: readonly OmeCandidate[];
    }
  | { readonly command: 'stop'; readonly id: number; readonly peer_id: number }
  /** No server knows this one: each answers with an error at once, and nothing else happens. */
  | { readonly command: 'probe'; readonly id: number; readonly peer_id: number };
