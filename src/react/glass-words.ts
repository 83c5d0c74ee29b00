import type { Delivery } from '../core/index.js';
import type { GlassVerdict } from './glass/glass-verdict.js';
import type { MessageName } from './messages.js';

/** What is known besides of a broadcast whose output is looked at. */
export interface GlassView {
  /** `null` where nothing but the output itself is known. */
  readonly delivery: Delivery | null;
  /** Whether it has reached viewers for long enough that a playback must have caught up. */
  readonly hasCaughtUp: boolean;
  /** Whether what comes out is what was sent from here, and not from another source. */
  readonly isOurs: boolean;
}

/** What a glass check says. */
export interface GlassWords {
  readonly words: MessageName;
  /** Whether viewers see a freeze that nothing else explains. */
  readonly isFrozen: boolean;
  readonly shape: 'ring' | 'disc' | 'triangle' | 'square';
}

/**
 * What is said of a look at the output. Playback is seconds late, so what it shows is about then;
 * where this page knows what is sent now, that is said with it, never against it.
 */
export function glassWords(verdict: GlassVerdict, view: GlassView): GlassWords {
  const { kind } = verdict;
  const status = view.delivery?.status ?? (kind === 'off' ? 'off' : 'reaching');
  if (kind === 'paused') {
    return quiet(status === 'reaching' ? 'glassPaused' : 'glassPausedOff', 'ring');
  }
  switch (status) {
    case 'off':
      // A playback goes on for a while with what was sent from here.
      if (kind !== 'seen' || view.isOurs) return quiet('glassOff', 'ring');
      // Whoever has an encoder for a camera is seen all the same; with a camera here it is another.
      return quiet(isUnused(view.delivery) ? 'glassSeen' : 'glassOther', 'disc');
    case 'starting':
      return quiet('glassNothing', 'triangle');
    case 'interrupted':
      if (kind === 'frozen') return quiet('glassFrozen', 'square');
      return quiet(kind === 'seen' ? 'glassBefore' : 'glassWaiting', 'triangle');
    case 'reaching':
      return reachingWords(kind, view);
  }
}

function isUnused(delivery: Delivery | null): boolean {
  return delivery === null || (delivery.picture === 'none' && delivery.sound === 'none');
}

function reachingWords(kind: GlassVerdict['kind'], { delivery, hasCaughtUp }: GlassView) {
  if (delivery !== null && !hasPicture(delivery)) return quiet('glassDark', 'ring');
  if (kind === 'seen') return quiet('glassSeen', 'disc');
  if (kind !== 'frozen') return quiet('glassNothing', 'triangle');
  return hasCaughtUp
    ? { ...quiet('glassFrozen', 'square'), isFrozen: true }
    : quiet('glassCatchingUp', 'triangle');
}

/** Whether there is a picture for viewers to see, as far as this page knows. */
export function hasPicture({ picture, health }: Delivery): boolean {
  const hasNone = health.reasons.some((one) => one === 'no-picture' || one === 'picture-black');
  return picture === 'whole' && !hasNone;
}

function quiet(words: MessageName, shape: GlassWords['shape']): GlassWords {
  return { words, shape, isFrozen: false };
}
