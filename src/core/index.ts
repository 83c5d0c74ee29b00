export type { Broadcaster } from './broadcaster.js';
export type { BroadcastErrorCode } from './errors.js';
export { BroadcastError } from './errors.js';
export type {
  IngestWindow,
  IngestWindowInput,
  IngestWindowPhase,
} from './ingest-window/ingest-window.js';
export { ingestWindow } from './ingest-window/ingest-window.js';
export type { BroadcasterOptions, CameraOptions, LogEntry, MicrophoneOptions } from './options.js';
export type {
  BroadcasterState,
  Capture,
  Connection,
  ConnectionStatus,
  Device,
  Devices,
  Gap,
  Preparation,
  Source,
  SourceChoice,
  SourceKind,
  Stats,
  Step,
} from './state.js';
export { INITIAL_STATE } from './state.js';
export type { StatsSample } from './stats/sample.js';
