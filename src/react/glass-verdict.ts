/** What somebody who watches the broadcast's own output gets to see. */
export type GlassVerdict =
  /** Nothing is broadcast. */
  | { readonly kind: 'off' }
  /** It is broadcast, and no picture has come out yet. */
  | { readonly kind: 'nothing' }
  /** Pictures come out; how late in seconds, where that is known. */
  | { readonly kind: 'seen'; readonly behindSeconds: number | null }
  /** The picture has stood still for so many milliseconds. */
  | { readonly kind: 'frozen'; readonly frozenForMs: number };

/** What a look at the output found. */
export interface GlassLook {
  /** The broadcast is live, so there should be something to see. */
  readonly isLive: boolean;
  /** Since the newest picture was shown; `null` if none was since the broadcast went live. */
  readonly lastFrameAgoMs: number | null;
  /** Since when pictures come without a break as long as a freeze. */
  readonly flowingForMs: number;
  readonly behindSeconds: number | null;
}

/** A player may take half a second's pause for granted; a viewer does not. */
const FROZEN_AFTER_MS = 1_500;
/** A single picture, as a player shows when it seeks, ends no freeze. */
const SEEN_AFTER_MS = 1_000;

/** The verdict after another look; pure. `before` keeps it from flickering. */
export function glassVerdict(before: GlassVerdict, look: GlassLook): GlassVerdict {
  const { isLive, lastFrameAgoMs, flowingForMs, behindSeconds } = look;
  if (!isLive) return { kind: 'off' };
  if (lastFrameAgoMs === null) return { kind: 'nothing' };
  if (lastFrameAgoMs >= FROZEN_AFTER_MS) return { kind: 'frozen', frozenForMs: lastFrameAgoMs };
  if (before.kind === 'frozen' && flowingForMs < SEEN_AFTER_MS) return before;
  return { kind: 'seen', behindSeconds };
}
