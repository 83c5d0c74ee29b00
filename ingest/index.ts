/**
 * The local ingest: Qencode Live on your machine, to develop, demo and test against. In Node only.
 */
export type { Fault } from './faults.js';
export type { IngestEvent, IngestEventKind } from './ingest-events.js';
export type { StreamStatus } from './live-streams.js';
export type { IngestIceServer, IngestOptions } from './options.js';
export type { Recording } from './recorder.js';
export { type Ingest, startIngest } from './start-ingest.js';
export type { LiveStream, StartedLiveStream } from './stream-registry.js';
export type { StreamReport } from './stream-report.js';
