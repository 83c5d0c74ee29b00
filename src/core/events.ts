import type { ConnectionHappening } from './connection/connection-events.js';
import type { NetworkHappening } from './connection/network.js';
import type { Stamp } from './foundation/stamp.js';
import type { QualityHappening } from './quality/quality.js';
import type { SourceHappening } from './sources/source.js';
import type { StatsHappening } from './stats/poll-stats.js';

/** Everything that can happen, before it is stamped. */
export type BroadcasterHappening =
  | ConnectionHappening
  | NetworkHappening
  | SourceHappening
  | QualityHappening
  /** A page before this one was left with the stream of this target live, at `leftAt` (epoch ms). */
  | { readonly type: 'page-found-live'; readonly leftAt: number }
  | StatsHappening;

/** Everything that can happen, with the time and the chance it happened with. */
export type BroadcasterEvent = BroadcasterHappening & Stamp;
