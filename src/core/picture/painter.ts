import type { Composition, Drawable } from './composition.js';
import { STILL_FRAME_RATE } from './composition.js';
import type { DrawingContext } from './draw.js';
import { draw } from './draw.js';

/** Paints a picture whenever one is due, the same in a worker and in a page. */
export interface Painter {
  show(composition: Composition): void;
  /** A source has a new frame. */
  sourceMoved(): void;
  /** Time went by; called at least as often as a still picture needs it. */
  beat(): void;
}

/** The surroundings of a painter. */
export interface Easel {
  readonly context: DrawingContext;
  source(input: string): Drawable | null;
  image(key: number): Drawable | null;
  /** Takes the picture that was just painted at this time, in milliseconds; each is later than the one before. */
  onPainted(at: number): void;
  /** Milliseconds on a clock that only goes forward. */
  now(): number;
}

/** How often `beat` has to be called, in milliseconds. */
export const BEAT_MS = 1_000 / STILL_FRAME_RATE;

/** A frame that comes this much too early, as a share of the time between two, is on time. */
const EARLY_SHARE = 0.25;

/** Makes a painter that paints nothing until it is shown a composition. */
export function createPainter({ context, source, image, onPainted, now }: Easel): Painter {
  let shown: Composition | null = null;
  let paintedAt = Number.NEGATIVE_INFINITY;
  const paintUnless = (sinceMs: number) => {
    const at = now();
    if (shown === null || at - paintedAt < sinceMs) return;
    draw(context, shown, { source, image });
    paintedAt = at;
    onPainted(at);
  };
  return {
    show(composition) {
      shown = composition;
      paintUnless(Number.MIN_VALUE);
    },
    sourceMoved: () =>
      paintUnless(((1 - EARLY_SHARE) * 1_000) / (shown?.frameRate || STILL_FRAME_RATE)),
    beat: () => paintUnless((1 - EARLY_SHARE) * BEAT_MS),
  };
}
