export type {
  BroadcastErrorCode,
  BroadcasterInstance,
  BroadcasterOptions,
  BroadcasterState,
  CameraOptions,
  ConnectionStatus,
  Health,
  HealthLevel,
  HealthReason,
  IngestWindow,
  IngestWindowPhase,
  InterruptionCause,
  LogEntry,
  MicrophoneOptions,
  Renew,
  RenewedStream,
  StartOptions,
  StatsSample,
} from './core/index.js';
export { BroadcastError } from './core/index.js';
export type { BroadcastSession } from './qencode/session-messages.js';
export { useIngestClock, useStage } from './react/context.js';
export { DATA_ATTRIBUTES } from './react/data-attributes.js';
export type { MessageName, MessageOverrides, Messages } from './react/messages.js';
export { MESSAGES } from './react/messages.js';
/** The parts that `<WebRTCBroadcaster>` is made of, to be put together another way. */
export * as Broadcaster from './react/parts/index.js';
export type { ViewerState } from './react/parts/viewer.js';
export type { PlaybackVerdict } from './react/playback-check/playback-verdict.js';
export type { PlaybackCheckOptions } from './react/playback-check/use-playback-check.js';
export { usePlaybackCheck } from './react/playback-check/use-playback-check.js';
export type { SessionRequestErrorCode } from './react/session/session-request-error.js';
export { SessionRequestError } from './react/session/session-request-error.js';
export type { SessionPhase } from './react/session/session-state.js';
export type { Stage } from './react/stage.js';
export type {
  BroadcastSessionControl,
  BroadcastSessionOptions,
  SessionBroadcasterProps,
} from './react/use-broadcast-session.js';
export { useBroadcastSession } from './react/use-broadcast-session.js';
export { useBroadcaster } from './react/use-broadcaster.js';
export type { BroadcasterEvents } from './react/use-broadcaster-events.js';
export { useBroadcasterEvents } from './react/use-broadcaster-events.js';
export { useBroadcasterState } from './react/use-broadcaster-state.js';
export { useDelivery } from './react/use-delivery.js';
export { useFocusKeeper } from './react/use-focus-keeper.js';
export { useHealth } from './react/use-health.js';
export type { IngestTimeoutOptions } from './react/use-ingest-timeout.js';
export { useIngestTimeout } from './react/use-ingest-timeout.js';
export { useLevel } from './react/use-level.js';
export { useMessages } from './react/use-messages.js';
export type { GuardedButtonProps, PressGuard } from './react/use-press-guard.js';
export { usePressGuard } from './react/use-press-guard.js';
export { useSoundWarning } from './react/use-sound-warning.js';
export { useSpeaker } from './react/use-speaker.js';
export type { BroadcastStats } from './react/use-stats.js';
export { useStats } from './react/use-stats.js';
export type { HlsLibrary, HlsPlayer, LoadHls } from './react/viewer/hls-player.js';
export type { WebRTCBroadcasterProps } from './react/webrtc-broadcaster.js';
export { WebRTCBroadcaster } from './react/webrtc-broadcaster.js';
export type { ErrorWords } from './react/words/notice-words.js';
