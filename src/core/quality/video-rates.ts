/**
 * The rate that a picture of a size is worth at 30 frames a second, in kilobits per second: what
 * libwebrtc itself gives a camera of that size at most (`kSimulcastFormats` in video/config/
 * simulcast.cc). The two sizes above it follow its slope, by pixels to the power of 0.75.
 * Each row is a width and a height in pixels, and the rate.
 */
const RATES = [
  [320, 180, 200],
  [480, 270, 450],
  [640, 360, 700],
  [960, 540, 1_200],
  [1280, 720, 2_500],
  [1920, 1080, 5_000],
  [2560, 1440, 7_700],
  [3840, 2160, 14_100],
] as const;

/** Twice the frames cost half as much again, since frames that lie closer differ less. */
const USUAL_FRAME_RATE = 30;
const LEAST_SHARE = 0.6;
const MOST_SHARE = 1.5;

/** A picture, as far as its bitrate depends on it. */
export interface PictureSize {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** Frames per second. */
  readonly frameRate: number;
}

/** The upper limit for a picture, in kilobits per second; its sides may be either way round. */
export function videoKbpsFor({ width, height, frameRate }: PictureSize): number {
  const pixels = width * height;
  // A size between two rows takes the larger one's rate: detail lost cannot be had back.
  const row = RATES.find(([across, down]) => pixels <= across * down) ?? RATES.at(-1);
  const share = 0.5 + frameRate / (2 * USUAL_FRAME_RATE);
  const limited = Math.min(MOST_SHARE, Math.max(LEAST_SHARE, share));
  return Math.round((row?.[2] ?? 2_500) * limited);
}

/** Full HD at 30 frames, as a screen is opened. */
const USUAL_SCREEN = { width: 1920, height: 1080, frameRate: USUAL_FRAME_RATE };
/** Edges of letters cost the same in a small window as on a large screen. */
const LEAST_OF_SCREEN = 2_500;

/** The upper limit for a screen, in kilobits per second; `null` for one whose size is not known. */
export function screenKbpsFor(picture: PictureSize | null): number {
  const { width, height, frameRate } = picture ?? USUAL_SCREEN;
  const rate = videoKbpsFor({ width, height, frameRate: frameRate || USUAL_FRAME_RATE });
  return Math.max(LEAST_OF_SCREEN, rate);
}
