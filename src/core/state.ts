import type { Connection } from './connection/connection.js';
import type { Network } from './connection/network.js';
import { INITIAL_NETWORK } from './connection/network.js';
import type { PreviousSession } from './connection/previous-session.js';
import type { StreamStatus } from './connection/stream-status.js';
import { INITIAL_STREAM } from './connection/stream-status.js';
import type { IngestTarget } from './connection/target.js';
import type { Picture } from './picture/picture.js';
import { INITIAL_PICTURE } from './picture/picture.js';
import type { Quality } from './quality/quality.js';
import { INITIAL_QUALITY } from './quality/quality.js';
import type { Sound } from './sound/sound.js';
import { INITIAL_SOUND } from './sound/sound.js';
import type { Permissions } from './sources/permission.js';
import { INITIAL_PERMISSIONS } from './sources/permission.js';
import type { Devices, Source, SourceKind } from './sources/source.js';
import { ofEachSource } from './sources/source.js';
import type { StatsSample } from './stats/sample.js';

/**
 * Everything the broadcaster shows, in orthogonal slices; each slice is a discriminated union on
 * `status`. Snapshots are immutable, and a slice that did not change keeps its identity.
 * Instants (`...At`, `since`) are epoch milliseconds. Each source (`camera`, `microphone`) is
 * excluded, off, opening, on, paused or failed: `sources/source.ts`.
 */
export interface BroadcasterState extends Readonly<Record<SourceKind, Source>> {
  /** idle, connecting, live, reconnecting or failed: `connection/connection.ts`. */
  readonly connection: Connection;
  /** The ingest, without its credential: `connection/target.ts`. */
  readonly target: IngestTarget;
  /** The stream's status by its own server: `connection/stream-status.ts`. */
  readonly stream: StreamStatus;
  /** The session of ours that an ingest may still know: `connection/previous-session.ts`. */
  readonly previousSession: PreviousSession | null;
  /** The network during a broadcast, by the browser: `connection/network.ts`. */
  readonly network: Network;
  /** A scene, a slate, or a source as it is: `picture/picture.ts`. */
  readonly picture: Picture;
  readonly devices: Devices;
  /** How the sound that goes out is made, and what is noticed about it: `sound/sound.ts`. */
  readonly sound: Sound;
  /** Whether the page may use each kind of device: `sources/permission.ts`. */
  readonly permissions: Permissions;
  readonly stats: Stats;
  /**
   * The quality asked of the encoder, and how much of it the machine allows: `quality/quality.ts`.
   */
  readonly quality: Quality;
}

/** Statistics of the sent media, second by second while live. */
export type Stats =
  | { readonly status: 'unknown' }
  | {
      readonly status: 'sampled';
      /** The newest. */
      readonly sample: StatsSample;
      /** Whether it tells of now: one from before an interruption, or from before nobody looked, does not. */
      readonly isCurrent: boolean;
      /** Those of the last five minutes, oldest first; `sample` is the last of them. */
      readonly history: readonly StatsSample[];
    };

const OFF: Source = { status: 'off', deviceId: null, muted: false };

/** The state of a broadcaster that was never used. */
export const INITIAL_STATE: BroadcasterState = {
  connection: { status: 'idle', preparation: { phase: 'none' } },
  target: { status: 'unset' },
  stream: INITIAL_STREAM,
  previousSession: null,
  network: INITIAL_NETWORK,
  ...ofEachSource(() => OFF),
  picture: INITIAL_PICTURE,
  devices: { status: 'unlisted' },
  sound: INITIAL_SOUND,
  permissions: INITIAL_PERMISSIONS,
  stats: { status: 'unknown' },
  quality: INITIAL_QUALITY,
};
