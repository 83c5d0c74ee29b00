import { isSame } from './foundation/same.js';
import { startKbpsOf } from './peer/sdp-preferences.js';
import type { SentKind } from './peer/sent-media.js';
import { encodingWish } from './quality/quality-steps.js';
import type { OutgoingMedia } from './select-outgoing.js';
import { selectOutgoing } from './select-outgoing.js';
import type { BroadcasterState, Stats } from './state.js';
import type { Health } from './stats/health.js';
import { assessHealth, health } from './stats/health.js';
import type { HealthReason } from './stats/health-limits.js';
import type { HealthContext } from './stats/health-measures.js';

/** The delivery of the camera, or of the microphone, to viewers. */
export type Sent =
  /** The source as it is, as far as the network carries it. */
  | 'whole'
  /** A slate or silence, because the person hid the camera or muted the microphone. */
  | 'muted'
  /** Nothing, and nothing else was requested. */
  | 'none'
  /** Nothing yet: the device is being opened. */
  | 'opening'
  /** Nothing: the device is gone, or could not be opened. */
  | 'lost'
  /** Nothing: the server takes no codec that this browser has for it. */
  | 'refused';

/**
 * The delivery to viewers, as far as this page knows. The pill, the verdict, the notice,
 * the playback check and the announcer follow it, so no two of them contradict each other.
 */
export interface Delivery {
  /**
   * `off` while nothing is broadcast, `starting` until the first media arrived, `reaching` while it
   * does, and `interrupted` while it does not.
   */
  readonly status: 'off' | 'starting' | 'reaching' | 'interrupted';
  readonly picture: Sent;
  readonly sound: Sent;
  readonly health: Health;
}

/** The delivery to viewers now; the same object as long as it is equal. */
export function selectDelivery(state: BroadcasterState): Delivery {
  const { connection } = state;
  const { video, audio } = selectOutgoing(state);
  const taken = connection.status === 'live' ? connection.sent : null;
  const picture = sentOf(video, taken?.video);
  const sound = sentOf(audio, taken?.audio);
  const measured = measuredHealth(state);
  const status = measured.level === 'stalled' ? 'interrupted' : STATUS[connection.status];
  const verdict = status === 'reaching' ? verdictOn(measured, { picture, sound }) : measured;
  const delivery: Delivery = { status, picture, sound, health: verdict };
  return interned(delivery);
}

/**
 * How well the broadcast reaches its viewers now, and why no better; `unknown` while nothing is
 * sent. The same object as long as the verdict is the same.
 */
export function selectHealth(state: BroadcasterState): Health {
  return selectDelivery(state).health;
}

const STATUS = {
  idle: 'off',
  failed: 'off',
  connecting: 'starting',
  live: 'reaching',
  reconnecting: 'interrupted',
} as const;

function sentOf(media: OutgoingMedia, kind: SentKind | undefined): Sent {
  // A slate is not what viewers are there for.
  const status = (media.status === 'on' && media.slateFor) || media.status;
  switch (status) {
    case 'excluded':
    case 'off':
      return 'none';
    case 'opening':
    case 'muted':
      return status;
    case 'on':
      if (media.status === 'on' && media.lost !== null) return 'lost';
      if (media.status === 'on' && media.muted) return 'muted';
      return kind === 'refused' ? 'refused' : 'whole';
    case 'failed':
      return 'lost';
  }
}

/** A line that carries everything is no good news where there is nothing on it. */
function verdictOn(measured: Health, { picture, sound }: Pick<Delivery, 'picture' | 'sound'>) {
  const missing: HealthReason[] = [];
  if (picture === 'lost') missing.push('camera-lost');
  if (picture === 'refused') missing.push('picture-refused');
  if (sound === 'lost') missing.push('microphone-lost');
  if (sound === 'refused') missing.push('sound-refused');
  if (missing.length > 0) {
    // Measure a refused kind as missing, too.
    const others = measured.reasons.filter((reason) => {
      if (reason === 'no-picture') return picture !== 'refused';
      return reason !== 'no-sound' || sound !== 'refused';
    });
    return health('poor', [...missing, ...others]);
  }
  if (picture === 'whole' || sound === 'whole') return measured;
  const isOpening = picture === 'opening' || sound === 'opening';
  return health(isOpening ? 'unknown' : 'muted', []);
}

/** One verdict for each second of statistics, however many ask for it. */
const remembered = new WeakMap<
  Stats,
  { readonly context: HealthContext; readonly verdict: Health }
>();

function measuredHealth(state: BroadcasterState): Health {
  const { connection, stats, quality } = state;
  const { video } = selectOutgoing(state);
  const { maxVideoKbps, frameRate } = quality.asked;
  const { maxFramesPerSecond } = encodingWish(quality);
  // A camera that says that it gives fewer frames was chosen for what it is.
  const given = video.status === 'on' ? video.picture?.frameRate : undefined;
  const context = {
    // The network shows how much it carries beyond the start bitrate only while it is used.
    askedBitsPerSecond: (quality.isRampedUp ? maxVideoKbps : startKbpsOf(maxVideoKbps)) * 1000,
    askedFramesPerSecond: Math.min(maxFramesPerSecond ?? frameRate, given || frameRate),
    stepsDown: quality.stepsDown,
    isSilent: connection.status === 'reconnecting',
  };
  // Verdicts on what was measured before an interruption are as old as that.
  const isOld = stats.status === 'unknown' || !stats.isCurrent;
  if (isOld && !context.isSilent) return health('unknown', []);
  const known = remembered.get(stats);
  if (known !== undefined && isSame(known.context, context)) return known.verdict;
  const verdict = assessHealth(stats.status === 'sampled' ? stats.history : [], context);
  remembered.set(stats, { context, verdict });
  return verdict;
}

const deliveries = new Map<string, Delivery>();

function interned(delivery: Delivery): Delivery {
  const { status, picture, sound, health: verdict } = delivery;
  const key = [status, picture, sound, verdict.level, ...verdict.reasons].join();
  const known = deliveries.get(key) ?? delivery;
  deliveries.set(key, known);
  return known;
}
