/** Picture wishes for the camera; ideals, never demands. */
export interface CameraOptions {
  /** Device to open first; `null` or absent for the browser's default. */
  readonly deviceId?: string | null;
  /** Pixels; default 1280. */
  readonly width?: number;
  /** Pixels; default 720. */
  readonly height?: number;
  /** Frames per second; default 30. */
  readonly frameRate?: number;
  /** Prefer the front (`user`) or the back (`environment`) camera of a phone. */
  readonly facing?: 'user' | 'environment';
}

/** Sound wishes for the microphone; all processing is on by default. */
export interface MicrophoneOptions {
  /** Device to open first; `null` or absent for the browser's default. */
  readonly deviceId?: string | null;
  readonly echoCancellation?: boolean;
  readonly noiseSuppression?: boolean;
  readonly autoGainControl?: boolean;
}

/** What to ask of a camera: ideals, so that no camera is refused for its size. */
export function cameraConstraints(
  options: CameraOptions,
  deviceId: string | null,
): MediaTrackConstraints {
  const { facing } = options;
  const { width, height, frameRate } = pictureAskedOf(options);
  return {
    ...chosen(deviceId),
    width: { ideal: width },
    height: { ideal: height },
    frameRate: { ideal: frameRate },
    ...(facing === undefined || deviceId !== null ? {} : { facingMode: { ideal: facing } }),
  };
}

/** The picture that these options ask for, in pixels and frames per second; what makes no sense is left at its default. */
export function pictureAskedOf(options: CameraOptions | null): {
  readonly width: number;
  readonly height: number;
  readonly frameRate: number;
} {
  const { width, height, frameRate } = options ?? {};
  return {
    width: isPositive(width) ? width : 1280,
    height: isPositive(height) ? height : 720,
    frameRate: isPositive(frameRate) ? frameRate : 30,
  };
}

function isPositive(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}

/** What to ask of a microphone. */
export function microphoneConstraints(
  options: MicrophoneOptions,
  deviceId: string | null,
): MediaTrackConstraints {
  const { echoCancellation = true, noiseSuppression = true, autoGainControl = true } = options;
  return { ...chosen(deviceId), echoCancellation, noiseSuppression, autoGainControl };
}

/** A device that was chosen by hand is a demand: another one in its place would surprise. */
function chosen(deviceId: string | null): MediaTrackConstraints {
  return deviceId === null ? {} : { deviceId: { exact: deviceId } };
}
