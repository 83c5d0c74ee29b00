/**
 * The rate that a picture of a size is worth at 30 frames a second, in kilobits per second: what
 * libwebrtc itself gives a camera of that size at most (`kSimulcastFormats` in video/config/
 * simulcast.cc). The two sizes above it follow its slope, by pixels to the power of 0.75.
 */
const RATES = [
  { width: 320, height: 180, kbps: 200 },
  { width: 480, height: 270, kbps: 450 },
  { width: 640, height: 360, kbps: 700 },
  { width: 960, height: 540, kbps: 1_200 },
  { width: 1280, height: 720, kbps: 2_500 },
  { width: 1920, height: 1080, kbps: 5_000 },
  { width: 2560, height: 1440, kbps: 7_700 },
  { width: 3840, height: 2160, kbps: 14_100 },
] as const;

/** Twice the frames cost half as much again, since frames that lie closer differ less. */
const PER_FRAME_RATE = { usual: 30, least: 0.6, most: 1.5 } as const;

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
  const row = RATES.find((rate) => pixels <= rate.width * rate.height) ?? RATES.at(-1);
  const share = 0.5 + frameRate / (2 * PER_FRAME_RATE.usual);
  const limited = Math.min(PER_FRAME_RATE.most, Math.max(PER_FRAME_RATE.least, share));
  return Math.round((row?.kbps ?? 2_500) * limited);
}
