import { isPositive, isString } from '../foundation/guards.js';
import type { ScreenOptions } from './screen-options.js';
import type { Facing } from './source.js';
import type { PictureRequest, SoundRequest, SuppliedSource, TrackProcessor } from './supply.js';

/** A size of picture, by its lines and its frames per second. */
export type PicturePreset = `${360 | 480 | 540 | 720 | 1080 | 1440 | 2160}p${15 | 24 | 30 | 60}`;

const PRESET = /^(360|480|540|720|1080|1440|2160)p(15|24|30|60)$/;

/** Whether `value` is a size that is known by name. */
export function isPreset(value: unknown): value is PicturePreset {
  return isString(value) && PRESET.test(value);
}

/** Picture wishes for the camera; ideals, never demands. */
export interface CameraOptions {
  /** Device to open first; `null` or absent for the system's default. */
  readonly deviceId?: string | null;
  /**
   * Height and frame rate in one word, such as `1080p30`, 16 by 9; default `720p30`. A camera that
   * does not start at that size is tried at 720 and 360 lines too, if those are fewer. You can change
   * size and rate while live: the camera is opened anew, in the same session.
   */
  readonly preset?: PicturePreset;
  /** Pixels, in place of the preset's; an odd number counts as the even one below it. */
  readonly width?: number;
  /** Pixels, as the width. */
  readonly height?: number;
  /** Frames per second, in place of the preset's. */
  readonly frameRate?: number;
  /**
   * The content of the picture: `motion`, the default, or `detail` for a screen, slides or a
   * document. `detail` keeps each picture sharp and gives up frames first. Read when the camera is
   * opened.
   */
  readonly content?: 'motion' | 'detail';
  /** Prefer the front (`user`) or the back (`environment`) camera of a phone. */
  readonly facing?: Facing;
  /**
   * A picture of the app's own in place of a camera, which is then never opened; you can change it
   * while live. A stream or track of yours is never stopped by the kit. A factory is called when the
   * picture is first wanted, and again for each further session, when the size or the frame rate
   * asked for changes, and when its track ends; the kit stops what it returned.
   */
  readonly source?: SuppliedSource<PictureRequest> | null | undefined;
  /** Works on the picture before it goes out, such as a blur; you can change it while live. */
  readonly processor?: TrackProcessor | null | undefined;
  /**
   * Tells one factory or processor from another where React's hooks and components hold them: they
   * call the newest function, so that an inline one reopens nothing, and use another one from its
   * start only when this changes.
   */
  readonly key?: string | number | null | undefined;
}

/** Sound wishes for the microphone. */
export interface MicrophoneOptions {
  /** Device to open first; `null` or absent for the system's default. */
  readonly deviceId?: string | null;
  /**
   * The content of the sound: `speech`, the default, is sent in mono and cleaned of noise and echo;
   * `music` in stereo and as it is. A session keeps the encoding that it began with.
   */
  readonly content?: 'speech' | 'music';
  /** By default on for speech and off for music, as are the two below. */
  readonly echoCancellation?: boolean;
  readonly noiseSuppression?: boolean;
  readonly autoGainControl?: boolean;
  /** A sound of the app's own in place of a microphone, as `source` of the camera. */
  readonly source?: SuppliedSource<SoundRequest> | null | undefined;
  /** Works on the sound before it goes out, as `processor` of the camera. */
  readonly processor?: TrackProcessor | null | undefined;
  /** As `key` of the camera. */
  readonly key?: string | number | null | undefined;
}

/** The options of each kind of source. */
export interface SourceOptions {
  readonly screen: ScreenOptions;
  readonly camera: CameraOptions;
  readonly microphone: MicrophoneOptions;
}

/** Motion, detail or text for a picture; speech or music for a sound (W3C mst-content-hint). */
export type ContentHint = 'motion' | 'detail' | 'text' | 'speech' | 'music';

/** The constraints for a camera: ideals, so that no camera is refused for its size. */
export function cameraConstraints(
  options: CameraOptions,
  deviceId: string | null,
  exactFacing?: Facing,
): MediaTrackConstraints {
  const { facing } = options;
  const facingMode = exactFacing ? { exact: exactFacing } : facing && { ideal: facing };
  const { width, height, frameRate } = pictureAskedOf(options);
  return {
    ...chosen(deviceId),
    width: { ideal: width },
    height: { ideal: height },
    frameRate: { ideal: frameRate },
    ...(facingMode === undefined || deviceId !== null ? {} : { facingMode }),
  };
}

/** The picture that these options ask for, in pixels and frames per second; what makes no sense is left at its default. */
export function pictureAskedOf(options: CameraOptions | null): {
  readonly width: number;
  readonly height: number;
  readonly frameRate: number;
} {
  const { preset, width, height, frameRate } = options ?? {};
  const [, lines = 720, rate = 30] = PRESET.exec(preset ?? '') ?? [];
  return {
    width: isPositive(width) ? even(width) : 2 * Math.round((Number(lines) * 8) / 9),
    height: isPositive(height) ? even(height) : Number(lines),
    frameRate: isPositive(frameRate) ? frameRate : Number(rate),
  };
}

/** Encoders halve both sides for the colours. */
function even(pixels: number): number {
  return Math.max(2, 2 * Math.floor(pixels / 2));
}

/** The ladder down for a camera that does not start at the size it was asked for, largest first. */
export function smallerPictures(options: CameraOptions): readonly MediaTrackConstraints[] {
  const asked = pictureAskedOf(options);
  const lower = [720, 360].filter((lines) => lines < Math.min(asked.width, asked.height));
  return lower.map((lines) => {
    const [long, short] = [{ ideal: (lines * 16) / 9 }, { ideal: lines }];
    const isUpright = asked.height > asked.width;
    return {
      width: isUpright ? short : long,
      height: isUpright ? long : short,
      frameRate: { ideal: Math.min(30, asked.frameRate) },
    };
  });
}

/** The constraints for a microphone. */
export function microphoneConstraints(
  options: MicrophoneOptions,
  deviceId: string | null,
): MediaTrackConstraints {
  const isMusic = soundHintOf(options) === 'music';
  const {
    echoCancellation = !isMusic,
    noiseSuppression = !isMusic,
    autoGainControl = !isMusic,
  } = options;
  return {
    ...chosen(deviceId),
    echoCancellation,
    noiseSuppression,
    autoGainControl,
    channelCount: { ideal: isMusic ? 2 : 1 },
  };
}

/** The content hint of the camera; a word that is neither counts as motion. */
export function pictureHintOf(options: CameraOptions | null): 'motion' | 'detail' {
  return options?.content === 'detail' ? 'detail' : 'motion';
}

/** The content hint of the microphone; a word that is neither counts as speech. */
export function soundHintOf(options: MicrophoneOptions | null): 'speech' | 'music' {
  return options?.content === 'music' ? 'music' : 'speech';
}

/** A device that was chosen is a demand, so that it is known when another one has to stand in. */
function chosen(deviceId: string | null): MediaTrackConstraints {
  return deviceId === null ? {} : { deviceId: { exact: deviceId } };
}
