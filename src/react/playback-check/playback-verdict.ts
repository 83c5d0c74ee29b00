import { isSame } from '../../core/foundation/same.js';

/** The broadcast's own output as a viewer sees it. */
export type PlaybackVerdict =
  /** Nothing is broadcast. */
  | { readonly kind: 'off' }
  /** It is broadcast, and no picture has come out yet. */
  | { readonly kind: 'nothing' }
  /** Pictures come out; how late in seconds, as exact as it is worth, where that is known. */
  | { readonly kind: 'seen'; readonly behindSeconds: number | null }
  /** The picture stands still since this instant, in epoch milliseconds. */
  | { readonly kind: 'frozen'; readonly since: number }
  /** The person paused this playback, which then says nothing about viewers. */
  | { readonly kind: 'paused' };

/** One look at the output; instants are in epoch milliseconds. */
export interface PlaybackLook {
  readonly now: number;
  /** Whether the broadcast says that it is live. */
  readonly isLive: boolean;
  readonly isPaused: boolean;
  /** Since when pictures could be observed: a hidden page sees none. `null` while it is hidden. */
  readonly watchedSince: number | null;
  /** When the newest picture was shown; `null` if none was yet since the broadcast is live. */
  readonly lastFrameAt: number | null;
  /** Since when pictures have come without a gap; `null` while they do not. */
  readonly flowingSince: number | null;
  /** As measured; `null` if nobody can tell. */
  readonly behindSeconds: number | null;
}

/** A picture that stands for longer is frozen. */
export const FROZEN_MS = 1500;
/** Pictures that come for so long are no flicker. */
export const FLOWING_MS = 1000;

/** The verdict after another look; pure, and the same object while it says the same. */
export function playbackVerdict(before: PlaybackVerdict, look: PlaybackLook): PlaybackVerdict {
  const next = judge(before, look);
  return isSame(next, before) ? before : next;
}

function judge(before: PlaybackVerdict, look: PlaybackLook): PlaybackVerdict {
  const { now, isLive, isPaused, watchedSince, lastFrameAt, behindSeconds } = look;
  if (!isLive) return { kind: 'off' };
  if (isPaused) return { kind: 'paused' };
  if (watchedSince === null) return before;
  if (lastFrameAt === null) return { kind: 'nothing' };
  if (now - Math.max(lastFrameAt, watchedSince) > FROZEN_MS) {
    return { kind: 'frozen', since: lastFrameAt };
  }
  if (before.kind === 'frozen' && !isFlowing(look)) return before;
  // A page that was hidden has to see a picture before it may say that viewers do.
  if (before.kind !== 'seen' && lastFrameAt < watchedSince) return before;
  const shown = before.kind === 'seen' ? before.behindSeconds : null;
  return { kind: 'seen', behindSeconds: steadySeconds(shown, behindSeconds) };
}

function isFlowing({ now, flowingSince }: PlaybackLook): boolean {
  return flowingSince !== null && now - flowingSince >= FLOWING_MS;
}

/** Tenths below two seconds, whole seconds from there; what is shown stays until it is clearly wrong. */
function steadySeconds(shown: number | null, measured: number | null): number | null {
  if (measured === null || !Number.isFinite(measured)) return null;
  const seconds = Math.max(0, measured);
  const step = seconds < 2 ? 0.1 : 1;
  if (shown !== null && Math.abs(seconds - shown) < step * 0.7) return shown;
  return Math.round(Math.round(seconds / step) * step * 10) / 10;
}
