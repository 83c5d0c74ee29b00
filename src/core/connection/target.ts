import { BroadcastError } from '../errors.js';

/**
 * The ingest without its URL, which is a publish credential and never enters the state.
 */
export type IngestTarget =
  /** No server URL was given yet. */
  | { readonly status: 'unset' }
  /** The options cannot be used; `error` says which and why. */
  | { readonly status: 'invalid'; readonly error: BroadcastError }
  | {
      readonly status: 'set';
      /** Another number for another stream: it changes with URL, key and transport. */
      readonly stream: number;
      /** Changes with all that a session is prepared with: the stream, the codec, the ICE servers … */
      readonly revision: number;
      /** When the stream was started at the ingest, in epoch milliseconds; `null` if unknown. */
      readonly startedAt: number | null;
      readonly timeoutSeconds: number;
      /** Whether signaling runs ahead of the button by itself. */
      readonly preparing: 'by-itself' | 'on-request';
      /** Whether the app hands over another stream when the window of this one ran out. */
      readonly isRenewable: boolean;
      /** An option that could not be used, and was left at its default; `null` if all could. */
      readonly problem: BroadcastError | null;
    };

/** Why nothing can be published while the target is `unset`. */
export function noServerUrl(): BroadcastError {
  return new BroadcastError(
    'invalid-options',
    'There is no server URL to publish to. Start the stream and pass its server_urls.webrtc value as serverUrl.',
  );
}
