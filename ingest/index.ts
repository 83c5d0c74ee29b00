/**
 * The local ingest: Qencode Live on your machine, to develop, demo and test against. In Node only.
 */

export type { EncoderWays, WayIn } from './encoders/encoder-ways.js';
export type { Fault, IceServersFault, WhipFault, WhipMethod } from './faults/faults.js';
export type {
  IngestIceServer,
  IngestOptions,
  TlsCredentials,
  WhipProfile,
} from './options/options.js';
export type { Recording } from './recording/recording.js';
export { type Ingest, startIngest } from './start-ingest.js';
export type { ServerUrls } from './streams/addresses.js';
export type { DvrSettings } from './streams/dvr-settings.js';
export type { IngestEvent, IngestEventKind } from './streams/ingest-events.js';
export type { LiveStream, StartedLiveStream } from './streams/live-stream.js';
export type { StreamStatus } from './streams/live-streams.js';
export type { PlaybackId, PlaybackPolicy } from './streams/stream-record.js';
export type { StreamReport, StreamTrack } from './streams/stream-report.js';
export type { StreamSettings, StreamSettingsChange } from './streams/stream-settings.js';
