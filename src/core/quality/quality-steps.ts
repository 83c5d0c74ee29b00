import type { DegradationPreference, EncodingWish } from '../peer/encoding.js';
import type { Quality } from './quality.js';

/** One step on the way down from the requested quality. */
export interface QualityStep {
  /** How much smaller each side of the picture is; chosen so that usual sizes stay even. */
  readonly scaleDownBy: number;
  /** Share of the frames that are kept. */
  readonly frameShare: number;
}

const FULL: QualityStep = { scaleDownBy: 1, frameShare: 1 };

const STEPS: Readonly<Record<DegradationPreference, readonly QualityStep[]>> = {
  balanced: [
    FULL,
    { scaleDownBy: 4 / 3, frameShare: 1 },
    { scaleDownBy: 2, frameShare: 1 },
    { scaleDownBy: 2, frameShare: 1 / 2 },
  ],
  'maintain-framerate': [
    FULL,
    { scaleDownBy: 4 / 3, frameShare: 1 },
    { scaleDownBy: 2, frameShare: 1 },
    { scaleDownBy: 4, frameShare: 1 },
  ],
  'maintain-resolution': [
    FULL,
    { scaleDownBy: 1, frameShare: 2 / 3 },
    { scaleDownBy: 1, frameShare: 1 / 2 },
    { scaleDownBy: 1, frameShare: 1 / 3 },
  ],
};

/** The step that the quality is at. */
export function stepOf({ asked, stepsDown }: Pick<Quality, 'asked' | 'stepsDown'>): QualityStep {
  return stepsOf(asked.degradationPreference)[stepsDown] ?? FULL;
}

/** How many steps down there are at most. */
export function mostStepsDown(preference: DegradationPreference): number {
  return stepsOf(preference).length - 1;
}

/** The encoding cost of a step, as a share of the full picture: its pixels a second. */
export function costOf({ scaleDownBy, frameShare }: QualityStep): number {
  return frameShare / scaleDownBy ** 2;
}

/**
 * The settings of the encoder now. At first it keeps the full size, whatever was requested: left
 * alone, Chromium begins with a quarter of it and takes ten seconds and more to grow, and an ingest
 * that packages for viewers may keep the size of the first frames for good.
 */
export function encodingWish(quality: Quality): EncodingWish {
  const { maxVideoKbps, frameRate, degradationPreference } = quality.asked;
  const { scaleDownBy, frameShare } = stepOf(quality);
  return {
    maxVideoKbps,
    scaleDownBy,
    maxFramesPerSecond: frameShare === 1 ? null : Math.max(1, Math.round(frameRate * frameShare)),
    degradationPreference: quality.isRampedUp ? degradationPreference : 'maintain-resolution',
  };
}

function stepsOf(preference: DegradationPreference): readonly QualityStep[] {
  return STEPS[preference];
}
