import type { ConnectionEvent } from './connection/connection-events.js';
import type { NetworkEvent } from './connection/network.js';
import type { Stamp } from './foundation/stamp.js';
import type { PictureEvent } from './picture/picture.js';
import type { QualityEvent } from './quality/quality.js';
import type { SoundEvent } from './sound/sound.js';
import type { PermissionEvent } from './sources/permission.js';
import type { SourceEvent } from './sources/source.js';
import type { StatsEvent } from './stats/poll-stats.js';

/** Everything that can happen, before it is stamped. */
export type BroadcasterEvent =
  | ConnectionEvent
  | NetworkEvent
  | SourceEvent
  | SoundEvent
  | PermissionEvent
  | PictureEvent
  | QualityEvent
  /** A page before this one was left with the stream of this target live, at `leftAt` (epoch ms). */
  | { readonly type: 'page-found-live'; readonly leftAt: number }
  | StatsEvent;

/** Everything that can happen, with the time and the chance it happened with. */
export type StampedEvent = BroadcasterEvent & Stamp;
