/** A rectangle of the picture, in pixels from its top left. */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** One thing in the picture; those that come later lie over those before them. */
export type Layer =
  | {
      readonly kind: 'source';
      /** The name of the input. */
      readonly input: string;
      readonly rect: Rect;
      /**
       * `whole` leaves bars, `filled` cuts off what is too much, `nearly` fills unless that costs a
       * third of the picture, as where a phone is held upright.
       */
      readonly fit: 'whole' | 'filled' | 'nearly';
      readonly shape: 'rect' | 'round';
    }
  | {
      readonly kind: 'image';
      /** The key of the image. */
      readonly image: number;
      readonly rect: Rect;
      /** The part of the free room that is left of it and above it, 0 to 1. */
      readonly align: { readonly x: number; readonly y: number };
    }
  | { readonly kind: 'panel'; readonly color: string; readonly rect: Rect }
  | {
      readonly kind: 'text';
      readonly text: string;
      readonly rect: Rect;
      /** The size of the letters in pixels, unless the room is too narrow for it. */
      readonly pixels: number;
      readonly weight: 400 | 700;
      readonly align: 'left' | 'center';
    };

/** A picture as it is to be drawn: plain data, which a worker can be told. */
export interface Composition {
  /** Even pixels. */
  readonly width: number;
  readonly height: number;
  /** At most so many frames a second, as the sources give them. */
  readonly frameRate: number;
  readonly background: string;
  readonly layers: readonly Layer[];
}

/** Frames a second of a picture that nothing moves in, so that neither server nor player waits. */
export const STILL_FRAME_RATE = 5;

/** Something that can be drawn, with its size in pixels. */
export interface Drawable {
  readonly image: CanvasImageSource;
  readonly width: number;
  readonly height: number;
}

/** The part of an image that is drawn, and where it is drawn to. */
export interface Placement {
  readonly from: Rect;
  readonly to: Rect;
}

const MOST_LOST = 1 / 3;

/** Where an image of this size goes in `rect`, in proportion and in the middle. */
export function placeIn(
  { width, height }: { readonly width: number; readonly height: number },
  rect: Rect,
  fit: 'whole' | 'filled' | 'nearly',
): Placement {
  const whole = Math.min(rect.width / width, rect.height / height);
  const filled = Math.max(rect.width / width, rect.height / height);
  const isFilled = fit === 'filled' || (fit === 'nearly' && 1 - whole / filled <= MOST_LOST);
  const scale = isFilled ? filled : whole;
  const shown = {
    width: Math.min(width, rect.width / scale),
    height: Math.min(height, rect.height / scale),
  };
  const size = { width: shown.width * scale, height: shown.height * scale };
  return {
    from: { x: (width - shown.width) / 2, y: (height - shown.height) / 2, ...shown },
    to: {
      x: rect.x + (rect.width - size.width) / 2,
      y: rect.y + (rect.height - size.height) / 2,
      ...size,
    },
  };
}
