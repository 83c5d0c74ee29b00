import type { JudgedReason } from './health-limits.js';
import type { StatsSample } from './sample.js';

/** The facts that a verdict needs besides the samples. */
export interface HealthContext {
  /** The video rate that was requested; `undefined` if it is not known. */
  readonly askedBitsPerSecond?: number | undefined;
  /** Frames a second that were requested; fewer from the camera are then no fault. */
  readonly askedFramesPerSecond?: number | undefined;
  /**
   * How many steps the picture is below the requested quality because of the machine; default 0.
   */
  readonly stepsDown?: number | undefined;
  /**
   * Whether nothing comes back from the ingest, as the connection knows; where this is left out, it
   * is told from the samples, which do not know of an ingest that says nothing by nature.
   */
  readonly isSilent?: boolean | undefined;
}

/** One measure for each reason, higher is worse; `undefined` where it is not known. */
export type HealthMeasures = Readonly<Partial<Record<JudgedReason, number | undefined>>>;

type Measure = (sample: StatsSample, context: HealthContext) => number | undefined;

/** An interval longer than this was slept through, or a clock was set: it says nothing. */
const LONGEST_INTERVAL_MS = 5_000;

/** A processor that is the limit for this share of the time is overused, whatever it encodes. */
const LIMITED_SHARE = 0.5;
const OVERUSED = 0.85;

/**
 * An encoder in hardware works on several frames at once: Chromium calls it overused only from twice
 * a frame's time on (libwebrtc, GetCpuOveruseOptions).
 */
const OVERUSED_IN_HARDWARE = 2;

/** A picture that was made smaller for the machine counts as if it were still at its limit. */
const STEPPED_DOWN = [0, 0.7, OVERUSED] as const;

/** Softer than any room through any microphone: −80 dB of full scale. */
const SILENCE_LEVEL = 0.0001;

/** From this share of its target on an encoder is held back by it. */
const USED_SHARE = 0.7;

/** So many fewer pictures than requested are few. */
const FEW_SHARE = 0.75;

/** Reads off one sample what each reason is judged by. */
export function measureHealth(sample: StatsSample, context: HealthContext): HealthMeasures {
  const { intervalMs } = sample;
  if (intervalMs === undefined || intervalMs > LONGEST_INTERVAL_MS) return {};
  const measures = Object.entries(MEASURES).map(([reason, measure]) => {
    return [reason, measure(sample, context)] as const;
  });
  return Object.fromEntries(measures);
}

/** From so many frames a second on a screen moves, and those that it gives can be missed. */
const LIVELY_SCREEN = 5;

/** A measure of the camera's picture: there is none while it is not shown. */
const ofPicture =
  (measure: Measure): Measure =>
  (sample, context) =>
    sample.picture === 'shown' ? measure(sample, context) : undefined;

/** A measure of the picture, also of a screen. */
const ofScreenToo =
  (measure: Measure): Measure =>
  (sample, context) =>
    (sample.picture === 'screen' ? measure : ofPicture(measure))(sample, context);

const MEASURES: Readonly<Record<JudgedReason, Measure>> = {
  'network-loss': ({ lossShare }) => lossShare,
  'network-delay': ({ roundTripMs }) => roundTripMs,
  'network-slow': missingShare,
  cpu: ofScreenToo(machineUse),
  // While a browser holds the picture back it also asks the camera for fewer: that is no fault of
  // the camera.
  'camera-slow': ofPicture((sample, context) =>
    isHeldBack(sample) ? undefined : msPerFrame(sample.sourceFramesPerSecond, context),
  ),
  'few-pictures': ofPicture((sample, context) => msPerFrame(sentPerSecond(sample), context)),
  'no-picture': ofScreenToo((sample) => {
    // A screen on which nothing moves gives next to no frames.
    const { picture, sourceFramesPerSecond = 0 } = sample;
    if (picture === 'screen' && sourceFramesPerSecond < LIVELY_SCREEN) return undefined;
    const sent = sentPerSecond(sample);
    return sent === undefined ? undefined : sent === 0 ? 1 : 0;
  }),
  'picture-black': ofPicture(({ look }) => look && Number(look === 'black')),
  'picture-still': ofPicture(({ look }) => look && Number(look === 'still')),
  'no-sound': (sample) => (sample.sound === 'heard' ? missingSound(sample) : undefined),
};

function sentPerSecond(sample: StatsSample): number | undefined {
  return sample.framesPerSecond ?? (isSoundAlone(sample) ? 0 : undefined);
}

/** Whether the browser tells of sound that is sent, and knows of no picture. */
const isSoundAlone = ({ videoBitsPerSecond, audioBitsPerSecond }: StatsSample): boolean =>
  videoBitsPerSecond === undefined && audioBitsPerSecond !== undefined;

/** Whether the browser says that it sends less than it was given. */
const isHeldBack = ({ limitation = 'none' }: StatsSample): boolean => limitation !== 'none';

/** Share of the asked-for rate that the network does not carry, 0 to 1. */
function missingShare(sample: StatsSample, { askedBitsPerSecond }: HealthContext) {
  const { targetBitsPerSecond, videoBitsPerSecond } = sample;
  if (targetBitsPerSecond === undefined || askedBitsPerSecond === undefined) return undefined;
  // An estimate grows only as far as it is used: an encoder that has no need of it, with all its
  // frames sent, says nothing of the network.
  const isUsed = (videoBitsPerSecond ?? Infinity) >= USED_SHARE * targetBitsPerSecond;
  const { framesPerSecond = 0, sourceFramesPerSecond = 0 } = sample;
  if (!isUsed && framesPerSecond > sourceFramesPerSecond / 2) return 0;
  return Math.max(0, 1 - targetBitsPerSecond / askedBitsPerSecond);
}

/** How far the machine is used, where 0.85 is its limit; no less than what it was relieved of. */
function machineUse(sample: StatsSample, { stepsDown = 0 }: HealthContext): number | undefined {
  const use = encoderUse(sample);
  const isLimited = (sample.cpuLimitedShare ?? 0) >= LIMITED_SHARE;
  const least = Math.max(isLimited ? OVERUSED : 0, STEPPED_DOWN[Math.min(stepsDown, 2)] ?? 0);
  return use === undefined && least === 0 ? undefined : Math.max(least, use ?? 0);
}

/** Share of the time between two frames that the encoder works. */
function encoderUse(sample: StatsSample): number | undefined {
  const { encodeMsPerFrame, framesPerSecond, isHardwareEncoder } = sample;
  if (encodeMsPerFrame === undefined || framesPerSecond === undefined) return undefined;
  const use = (encodeMsPerFrame * framesPerSecond) / 1000;
  return isHardwareEncoder === true ? (use * OVERUSED) / OVERUSED_IN_HARDWARE : use;
}

function msPerFrame(framesPerSecond: number | undefined, { askedFramesPerSecond }: HealthContext) {
  if (framesPerSecond === undefined) return undefined;
  const isAsked = framesPerSecond >= FEW_SHARE * (askedFramesPerSecond ?? Infinity);
  return isAsked ? 0 : 1000 / Math.max(framesPerSecond, 0.1);
}

/** 0 with sound, 1 for silence from the microphone, 2 where nothing at all is sent of it. */
function missingSound(sample: StatsSample): number | undefined {
  const { videoBitsPerSecond, audioBitsPerSecond, audioLevel } = sample;
  const isPictureAlone = audioBitsPerSecond === undefined && videoBitsPerSecond !== undefined;
  if (audioBitsPerSecond === 0 || isPictureAlone) return 2;
  if (audioLevel === undefined) return undefined;
  return audioLevel < SILENCE_LEVEL ? 1 : 0;
}
