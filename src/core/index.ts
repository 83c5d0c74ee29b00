export type { BroadcasterInstance, StartOptions } from './broadcaster.js';
export { createBroadcaster } from './broadcaster.js';
export type {
  Connection,
  ConnectionStatus,
  HeldStep,
  Interruption,
  InterruptionCause,
  Preparation,
  Renewal,
  ResumeStep,
  StartStep,
  Step,
} from './connection/connection.js';
export type { Network, NetworkDoubt } from './connection/network.js';
export type { PreviousSession } from './connection/previous-session.js';
export type { Renew, RenewedStream } from './connection/renew-stream.js';
export type { StreamStatus } from './connection/stream-status.js';
export { standingOf } from './connection/stream-status.js';
export type { IngestTarget } from './connection/target.js';
export type { BroadcastErrorCode } from './errors.js';
export { BroadcastError } from './errors.js';
export type { LogEntry, LogLevel } from './foundation/logger.js';
export type {
  IngestWindow,
  IngestWindowInput,
  IngestWindowPhase,
} from './ingest-window/ingest-window.js';
export { ingestWindow } from './ingest-window/ingest-window.js';
export type { BroadcasterOptions } from './options.js';
export { parseStartedAt } from './parse-options.js';
export type { DegradationPreference } from './peer/encoding.js';
export type { SentKind, SentMedia } from './peer/sent-media.js';
export type { VideoCodec } from './peer/video-codec.js';
export type { Drawing, Picture, PictureSize } from './picture/picture.js';
export type { Corner, Scene, SceneLayout, Slate } from './picture/scene.js';
export type {
  AskedOfScreen,
  AskedQuality,
  EncoderLoad,
  Pressure,
  Quality,
} from './quality/quality.js';
export type { Delivery, Sent } from './select-delivery.js';
export { selectDelivery, selectHealth } from './select-delivery.js';
export type { Outgoing, OutgoingMedia, OutgoingState, SlateCause } from './select-outgoing.js';
export { selectOutgoing } from './select-outgoing.js';
export { selectIsTaken, selectLostAt } from './selectors.js';
export type { LevelMeter, LevelMeterOptions, LevelSample } from './sound/level.js';
export { createLevelMeter } from './sound/level-meter.js';
export type { AppSound, Mix, Sound, SoundOptions, SoundWarning } from './sound/sound.js';
export type {
  CameraOptions,
  MicrophoneOptions,
  PicturePreset,
} from './sources/constraints.js';
export type { Permission, Permissions } from './sources/permission.js';
export type { ScreenContent, ScreenOptions } from './sources/screen-options.js';
export { canShareScreen } from './sources/screen-options.js';
export type {
  Capture,
  Device,
  DeviceKind,
  Devices,
  Facing,
  ListedDevices,
  Source,
  SourceChange,
  SourceChoice,
  SourceInterruption,
  SourceKind,
  SourceStatus,
} from './sources/source.js';
export type {
  PictureRequest,
  ProcessorContext,
  SoundRequest,
  SuppliedSource,
  TrackProcessor,
} from './sources/supply.js';
export type { BroadcasterState, Stats } from './state.js';
export { INITIAL_STATE } from './state.js';
export type { Health, HealthLevel } from './stats/health.js';
export type { HealthReason, JudgedReason } from './stats/health-limits.js';
export type { Limitation, StatsSample } from './stats/sample.js';
