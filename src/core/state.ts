import type { Connection } from './connection/connection.js';
import type { IngestTarget } from './connection/target.js';
import type { Devices, Source } from './sources/source.js';
import type { StatsSample } from './stats/sample.js';

/**
 * Everything the broadcaster shows, in orthogonal slices; each slice is a discriminated union on
 * `status`. Snapshots are immutable, and a slice that did not change keeps its identity.
 * Instants (`...At`, `since`) are epoch milliseconds.
 */
export interface BroadcasterState {
  /** idle, connecting, live, reconnecting or failed: `connection/connection.ts`. */
  readonly connection: Connection;
  /** What is known of the ingest, without its credential: `connection/target.ts`. */
  readonly target: IngestTarget;
  /** excluded, off, opening, on or failed: `sources/source.ts`. */
  readonly camera: Source;
  readonly microphone: Source;
  readonly devices: Devices;
  readonly stats: Stats;
}

/** What is sent, once a second while live. */
export type Stats =
  | { readonly status: 'unknown' }
  | { readonly status: 'sampled'; readonly sample: StatsSample };

const OFF: Source = { status: 'off', deviceId: null, muted: false };

/** The state of a broadcaster that was never used. */
export const INITIAL_STATE: BroadcasterState = {
  connection: { status: 'idle', preparation: { phase: 'none' } },
  target: { status: 'unset' },
  camera: OFF,
  microphone: OFF,
  devices: { status: 'unlisted' },
  stats: { status: 'unknown' },
};
