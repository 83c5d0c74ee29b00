import type { Delivery } from '../core/index.js';
import type { PlaybackVerdict } from './playback-check/playback-verdict.js';
import type { VIEWER_WORDS } from './words/viewer-words.js';

/** Further facts of the broadcast whose output a playback check reads. */
export interface PlaybackView {
  /** `null` where nothing but the output itself is known. */
  readonly delivery: Delivery | null;
  /** Whether it has reached viewers for long enough that a playback must have caught up. */
  readonly hasCaughtUp: boolean;
  /** Whether what comes out is what was sent from here, and not from another source. */
  readonly isOurs: boolean;
}

/** The words of a playback check. */
export interface PlaybackWords {
  readonly words: keyof typeof VIEWER_WORDS;
  /** Whether viewers see a freeze that nothing else explains. */
  readonly isFrozen: boolean;
  readonly shape: 'ring' | 'disc' | 'triangle' | 'square';
}

/**
 * The words for a look at the output. Playback is seconds late, so its picture is about then. Where
 * this page knows what is sent now, the words agree with that.
 */
export function playbackWords(verdict: PlaybackVerdict, view: PlaybackView): PlaybackWords {
  const { kind } = verdict;
  const status = view.delivery?.status ?? (kind === 'off' ? 'off' : 'reaching');
  if (kind === 'paused') {
    return quiet(status === 'reaching' ? 'playbackPaused' : 'playbackPausedOff', 'ring');
  }
  switch (status) {
    case 'off':
      // A playback goes on for a while with what was sent from here.
      if (kind !== 'seen' || view.isOurs) return quiet('playbackOff', 'ring');
      // With an encoder in place of a camera the picture is ours all the same; with a camera here
      // it is another's.
      return quiet(isUnused(view.delivery) ? 'playbackSeen' : 'playbackOther', 'disc');
    case 'starting':
      return quiet('playbackNothing', 'triangle');
    case 'interrupted':
      if (kind === 'frozen') return quiet('playbackFrozen', 'square');
      return quiet(kind === 'seen' ? 'playbackBefore' : 'playbackWaiting', 'triangle');
    case 'reaching':
      return reachingWords(kind, view);
  }
}

function isUnused(delivery: Delivery | null): boolean {
  return delivery === null || (delivery.picture === 'none' && delivery.sound === 'none');
}

function reachingWords(kind: PlaybackVerdict['kind'], { delivery, hasCaughtUp }: PlaybackView) {
  if (delivery !== null && !hasPicture(delivery)) return quiet('playbackDark', 'ring');
  if (kind === 'seen') return quiet('playbackSeen', 'disc');
  if (kind !== 'frozen') return quiet('playbackNothing', 'triangle');
  return hasCaughtUp
    ? { ...quiet('playbackFrozen', 'square'), isFrozen: true }
    : quiet('playbackCatchingUp', 'triangle');
}

/** Whether there is a picture for viewers to see, as far as this page knows. */
export function hasPicture({ picture, health }: Delivery): boolean {
  const hasNone = health.reasons.some((one) => one === 'no-picture' || one === 'picture-black');
  return picture === 'whole' && !hasNone;
}

function quiet(words: keyof typeof VIEWER_WORDS, shape: PlaybackWords['shape']): PlaybackWords {
  return { words, shape, isFrozen: false };
}
