/**
 * The local ingest: Qencode Live on your machine, to develop, demo and test against. In Node only.
 */
export type { ServerUrls } from './addresses.js';
export type { TlsCredentials } from './certificate.js';
export type { DvrSettings } from './dvr-settings.js';
export type { EncoderWays, WayIn } from './encoder-ways.js';
export type { Fault } from './faults.js';
export type { IngestEvent, IngestEventKind } from './ingest-events.js';
export type { LiveStream, StartedLiveStream } from './live-stream.js';
export type { StreamStatus } from './live-streams.js';
export type { IngestIceServer, IngestOptions } from './options.js';
export type { Recording } from './recording.js';
export { type Ingest, startIngest } from './start-ingest.js';
export type { PlaybackId, PlaybackPolicy } from './stream-record.js';
export type { StreamReport, StreamTrack } from './stream-report.js';
export type { StreamSettings, StreamSettingsChange } from './stream-settings.js';
