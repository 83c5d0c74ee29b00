import { startKbpsOf } from '../peer/sdp-preferences.js';
import { measureHealth } from '../stats/health-measures.js';
import type { StatsSample } from '../stats/sample.js';
import type { EncoderLoad, Quality } from './quality.js';
import { NO_LOAD } from './quality.js';
import { costOf, mostStepsDown, stepOf } from './quality-steps.js';

/**
 * The first seconds of a session keep the full size; shorter where the network plainly cannot carry
 * it, not even half of what it began with, since what it sends then is one picture a second.
 */
const SETTLING = { ms: 5_000, atLeastMs: 2_000, hopelessShare: 0.5 } as const;

/**
 * When a step is taken. Shares of the time between two frames: 0.85 is where Chromium itself calls
 * an encoder overused; once it has made the picture smaller by itself, the load it leaves is lower.
 * Going up waits for room to spare, thirty seconds at first and up to five minutes.
 */
const STEP = {
  overused: 0.85,
  overusedWhenLimited: 0.6,
  overusedUnderPressure: 0.7,
  roomy: 0.6,
  downAfter: 4,
  mostPatience: 300,
} as const;

/** The quality after one more sample, taken at `at` (epoch milliseconds). */
export function nextQuality(quality: Quality, sample: StatsSample, at: number): Quality {
  const isRampedUp = quality.isRampedUp || hasRampedUp(quality, sample, at);
  const next = isRampedUp === quality.isRampedUp ? quality : { ...quality, isRampedUp };
  // A black picture costs nothing to encode, and says nothing of the machine.
  const isSeen = sample.picture === 'shown' || sample.picture === 'screen';
  if (!quality.asked.adaptToMachine || !isSeen) return next;
  return stepped(next, seen(next, sample));
}

function hasRampedUp({ liveSince, asked }: Quality, sample: StatsSample, at: number): boolean {
  if (liveSince === null) return false;
  const ms = at - liveSince;
  const { targetBitsPerSecond: target } = sample;
  const isHopeless =
    target !== undefined &&
    target < SETTLING.hopelessShare * startKbpsOf(asked.maxVideoKbps) * 1000;
  return ms >= (isHopeless ? SETTLING.atLeastMs : SETTLING.ms);
}

function seen(quality: Quality, sample: StatsSample): EncoderLoad {
  const { encoderLoad } = quality;
  if (isOverloaded(quality, sample)) {
    return { ...encoderLoad, overloaded: encoderLoad.overloaded + 1, relaxed: 0 };
  }
  const overloaded = Math.max(0, encoderLoad.overloaded - 1);
  const relaxed = encoderLoad.relaxed + (isRelaxed(quality, sample) ? 1 : 0);
  const isSame = overloaded === encoderLoad.overloaded && relaxed === encoderLoad.relaxed;
  return isSame ? encoderLoad : { ...encoderLoad, overloaded, relaxed };
}

function stepped(quality: Quality, encoderLoad: EncoderLoad): Quality {
  const { stepsDown, asked } = quality;
  if (encoderLoad.overloaded >= STEP.downAfter) {
    const most = mostStepsDown(asked.degradationPreference);
    if (stepsDown >= most) return { ...quality, encoderLoad: { ...encoderLoad, overloaded: 0 } };
    // It was too early to go up.
    const longer = encoderLoad.lastStep === 'up' ? 2 : 1;
    const patience = Math.min(STEP.mostPatience, longer * encoderLoad.patience);
    return {
      ...quality,
      stepsDown: stepsDown + 1,
      encoderLoad: { ...NO_LOAD, patience, lastStep: 'down' },
    };
  }
  if (stepsDown > 0 && encoderLoad.relaxed >= encoderLoad.patience) {
    const { patience } = encoderLoad;
    return {
      ...quality,
      stepsDown: stepsDown - 1,
      encoderLoad: { ...NO_LOAD, patience, lastStep: 'up' },
    };
  }
  return encoderLoad === quality.encoderLoad ? quality : { ...quality, encoderLoad };
}

/** Pressure alone is no reason: another program's work may leave enough for this one. */
function isOverloaded({ pressure }: Quality, sample: StatsSample): boolean {
  const load = loadOf(sample);
  const isLimited = (sample.cpuLimitedShare ?? 0) >= 0.5;
  if (isLimited) return load === undefined || load >= STEP.overusedWhenLimited;
  if (load === undefined) return false;
  return load >= (pressure === 'critical' ? STEP.overusedUnderPressure : STEP.overused);
}

/** Whether there is a next step up, and it would fit as well. */
function isRelaxed(quality: Quality, sample: StatsSample): boolean {
  const { pressure, stepsDown } = quality;
  if (stepsDown === 0 || pressure === 'serious' || pressure === 'critical') return false;
  const load = loadOf(sample);
  if (load === undefined) return false;
  const above = stepOf({ ...quality, stepsDown: stepsDown - 1 });
  return (load * costOf(above)) / costOf(stepOf(quality)) < STEP.roomy;
}

/** Share of the time between two frames that the encoder works, whatever Chromium says of it. */
function loadOf(sample: StatsSample): number | undefined {
  return measureHealth({ ...sample, cpuLimitedShare: undefined }, {}).cpu;
}
