import { startKbpsOf } from './peer/remote-wishes.js';
import { encodingWish } from './quality/quality-steps.js';
import type { BroadcasterState, Stats } from './state.js';
import type { Health } from './stats/health.js';
import { assessHealth } from './stats/health.js';

/** One verdict for each second of statistics, however many ask for it. */
const remembered = new WeakMap<Stats, { readonly asked: string; readonly health: Health }>();

/**
 * How well the broadcast reaches its viewers now, and why no better; `unknown` while nothing is
 * sent. The same object as long as the verdict is the same.
 */
export function selectHealth({ connection, stats, quality, camera }: BroadcasterState): Health {
  const { maxVideoKbps, frameRate } = quality.asked;
  const { maxFramesPerSecond } = encodingWish(quality);
  // A camera that says that it gives fewer frames was chosen for what it is.
  const given = camera.status === 'on' ? camera.capture.picture?.frameRate : undefined;
  const context = {
    // What the network can carry beyond the start is only learnt while it is used.
    askedBitsPerSecond: (quality.isSettled ? maxVideoKbps : startKbpsOf(maxVideoKbps)) * 1000,
    askedFramesPerSecond: Math.min(maxFramesPerSecond ?? frameRate, given || frameRate),
    stepsDown: quality.stepsDown,
    isSilent: connection.status === 'reconnecting',
  };
  const asked = JSON.stringify(context);
  const known = remembered.get(stats);
  if (known?.asked === asked) return known.health;
  const health = assessHealth(stats.status === 'sampled' ? stats.history : [], context);
  remembered.set(stats, { asked, health });
  return health;
}
