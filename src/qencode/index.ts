/**
 * Qencode's Live API for an app's own server: a typed client, and the endpoint that pages start and
 * stop broadcasts with. Needs only what the Fetch standard and Web Crypto give: Node 20, Deno,
 * workers. The API key belongs on servers: never load this in a page with one.
 */
export { parseCallback } from './callback-message.js';
export { LiveApiError, type LiveApiErrorCode } from './live-api-error.js';
export {
  type CallOptions,
  createLiveClient,
  type LiveClient,
  type LiveClientOptions,
  type StateChange,
} from './live-client.js';
export {
  type LiveServerUrls,
  type LiveStream,
  type PlaybackId,
  type PlaybackPolicy,
  playbackUrlOf,
} from './live-stream.js';
export { type NodeRequest, type NodeResponse, toNodeListener } from './node-listener.js';
export { createSessionHandler, type SessionHandler } from './session-handler.js';
export {
  type BroadcastSession,
  parseBroadcastSession,
  parseSessionError,
  parseSessionStatus,
  type SessionError,
  type SessionErrorCode,
  type SessionStatus,
  type SessionStatusWord,
} from './session-messages.js';
export type { SessionCaller, SessionHandlerOptions } from './session-options.js';
export type { StartLimit } from './start-limit.js';
export type { StreamRecordingSettings, StreamSettings } from './stream-settings.js';
