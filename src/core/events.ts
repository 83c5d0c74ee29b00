import type { ConnectionHappening } from './connection/connection-events.js';
import type { NetworkHappening } from './connection/network.js';
import type { Stamp } from './foundation/stamp.js';
import type { QualityHappening } from './quality/quality.js';
import type { SourceHappening } from './sources/source.js';
import type { StatsSample } from './stats/sample.js';

/** Everything that can happen, before it is stamped. */
export type BroadcasterHappening =
  | ConnectionHappening
  | NetworkHappening
  | SourceHappening
  | QualityHappening
  | { readonly type: 'stats-sampled'; readonly sample: StatsSample };

/** Everything that can happen, with the time and the chance it happened with. */
export type BroadcasterEvent = BroadcasterHappening & Stamp;
