import {
  FLAG,
  isFiniteNumber,
  isFunction,
  isPositive,
  isString,
  oneOf,
} from '../foundation/guards.js';
import type { ContentHint, SourceOptions } from './constraints.js';
import {
  cameraConstraints,
  isPreset,
  microphoneConstraints,
  pictureAskedOf,
  pictureHintOf,
  smallerPictures,
  soundHintOf,
} from './constraints.js';
import type { MediaOpener } from './open-media.js';
import { SCREEN_RULES } from './screen-options.js';
import type { Capture, DeviceKind, Facing, SourceKind } from './source.js';

/** How one kind of source is shown, and asked for. */
export interface SourceTraits<Options> {
  /** Whether the person who is seen expects to see it as in a mirror. */
  isMirrored(capture: Capture): boolean;
  /** Tells the values that an option may have, and says which those are. */
  readonly options: {
    readonly [Name in keyof Options]-?: readonly [(value: unknown) => boolean, wanted: string];
  };
}

/** The code that opens devices, which is loaded on use. */
export type Capturing = Pick<typeof import('./capturing.js'), 'createMediaOpener' | 'runCapture'>;

/** How one kind of device is opened, hinted, shown, and asked for. */
export interface DeviceTraits<Options> extends SourceTraits<Options> {
  /** Makes what opens it; kinds with the same are opened together, with one question to the user. */
  readonly opener: (capturing: Capturing) => () => MediaOpener;
  /**
   * The constraints for the device `deviceId`, or for the system's default for `null`; for a camera
   * that has to face one way, where `facing` says so.
   */
  constraints(options: Options, deviceId: string | null, facing?: Facing): MediaTrackConstraints;
  /** Constraints in place of some of those, for a device that does not start with them. */
  smaller(options: Options): readonly MediaTrackConstraints[];
  /** The content hint of its track, for the encoder. */
  contentHint(options: Options | null): ContentHint;
  /** The picture or sound that a factory of the app is asked for. */
  preset(options: Options | null): object;
}

const DEVICE_ID = [isString, 'the id of a device'] as const;
const PIXELS = [isPositive, 'a number of pixels above 0'] as const;

const SUPPLY = {
  // Looked at when it is opened: what is no source must not open a device in its place.
  source: [() => true, ''],
  processor: [isFunction, 'a function'],
  key: [(value) => isString(value) || isFiniteNumber(value), 'a text or a number'],
} satisfies Record<string, readonly [(value: unknown) => boolean, string]>;

/** The kinds that are devices. */
export const DEVICES: { readonly [Kind in DeviceKind]: DeviceTraits<SourceOptions[Kind]> } = {
  camera: {
    opener: ({ createMediaOpener }) => createMediaOpener,
    constraints: cameraConstraints,
    smaller: smallerPictures,
    contentHint: pictureHintOf,
    preset: pictureAskedOf,
    isMirrored: ({ facing, supplied }) => !supplied && facing !== 'environment',
    options: {
      deviceId: DEVICE_ID,
      preset: [isPreset, 'lines and frames a second, such as 720p30'],
      width: PIXELS,
      height: PIXELS,
      frameRate: [isPositive, 'a number of frames per second above 0'],
      content: oneOf('motion', 'detail'),
      facing: oneOf('user', 'environment'),
      ...SUPPLY,
    },
  },
  microphone: {
    opener: ({ createMediaOpener }) => createMediaOpener,
    constraints: microphoneConstraints,
    smaller: () => [],
    contentHint: soundHintOf,
    preset: (options) => ({ content: soundHintOf(options) }),
    isMirrored: () => false,
    options: {
      deviceId: DEVICE_ID,
      content: oneOf('speech', 'music'),
      echoCancellation: FLAG,
      noiseSuppression: FLAG,
      autoGainControl: FLAG,
      ...SUPPLY,
    },
  },
};

/** The one table over the kinds of source. A screen, which the browser lets a person choose, is opened by `screen-work.ts`. */
export const SOURCES: { readonly [Kind in SourceKind]: SourceTraits<SourceOptions[Kind]> } = {
  screen: { isMirrored: () => false, options: SCREEN_RULES },
  ...DEVICES,
};
