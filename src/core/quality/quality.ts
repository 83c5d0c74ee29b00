import type { DegradationPreference } from '../peer/encoding.js';

/** The quality that the app asks for. */
export interface AskedQuality {
  /** Upper limit of the video in kilobits per second. */
  readonly maxVideoKbps: number;
  /** Frames per second that were asked of the camera. */
  readonly frameRate: number;
  /** Which of frame rate and resolution drops when network or machine cannot carry both. */
  readonly degradationPreference: DegradationPreference;
  /** Whether the picture may be made smaller by itself when the machine is the limit. */
  readonly adaptToMachine: boolean;
}

/** The quality that the app asks for while a screen is shared. */
export interface AskedOfScreen {
  /** Upper limit of the video in kilobits per second; `null` for what the screen's size is worth. */
  readonly maxVideoKbps: number | null;
  /** `null` for what the screen's content asks for: frames drop before lines, except of a film. */
  readonly degradationPreference: DegradationPreference | null;
}

/** The quality that is asked of the encoder, and how much of it the machine allows. */
export interface Quality {
  /** For the picture that goes out now. */
  readonly asked: AskedQuality;
  /** For the camera's. */
  readonly ofCamera: AskedQuality;
  readonly ofScreen: AskedOfScreen;
  /** When this session was live, in epoch milliseconds; `null` while none is. */
  readonly liveSince: number | null;
  /** Whether the first seconds, which keep the full size, are over. */
  readonly isRampedUp: boolean;
  /** How many steps the picture is below the requested quality, because of the machine. */
  readonly stepsDown: number;
  readonly pressure: Pressure;
  readonly encoderLoad: EncoderLoad;
}

/** How the machine says it feels (Compute Pressure, section 4); `unknown` where it does not. */
export type Pressure = 'unknown' | 'nominal' | 'fair' | 'serious' | 'critical';

/** How loaded the encoder was since the last step, counted in samples. */
export interface EncoderLoad {
  readonly overloaded: number;
  readonly relaxed: number;
  /** How many relaxed samples it takes to go up again; longer each time that it was too early. */
  readonly patience: number;
  readonly lastStep: 'none' | 'down' | 'up';
}

/** Everything that can happen to the quality. */
export type QualityEvent =
  | {
      readonly type: 'quality-asked';
      readonly ofCamera: AskedQuality;
      readonly ofScreen: AskedOfScreen;
    }
  | { readonly type: 'pressure-changed'; readonly pressure: Pressure };

/** A machine that nothing was seen of. */
export const NO_LOAD: EncoderLoad = { overloaded: 0, relaxed: 0, patience: 30, lastStep: 'none' };

const USUAL: AskedQuality = {
  maxVideoKbps: 2_500,
  frameRate: 30,
  degradationPreference: 'balanced',
  adaptToMachine: true,
};

/** The quality of a broadcaster without options. */
export const INITIAL_QUALITY: Quality = {
  asked: USUAL,
  ofCamera: USUAL,
  ofScreen: { maxVideoKbps: null, degradationPreference: null },
  liveSince: null,
  isRampedUp: false,
  stepsDown: 0,
  pressure: 'unknown',
  encoderLoad: NO_LOAD,
};
