/** What the browser does when it is asked for a device. */
export type DeviceBehaviour =
  | 'ALLOWED'
  /** The user, or the site's settings, said no. */
  | 'DENIED'
  /** The prompt was closed without an answer. */
  | 'DISMISSED'
  | 'MISSING'
  /** Another program holds it. */
  | 'IN_USE'
  /** The chosen device cannot do what is asked of it. */
  | 'UNFIT';

/** A track without a device: it ends when it is stopped, or unplugged on command. */
export class FakeTrack extends EventTarget {
  readonly kind: 'audio' | 'video';
  readonly label: string;
  contentHint = '';
  enabled = true;
  readyState: 'live' | 'ended' = 'live';

  constructor(kind: 'audio' | 'video', label: string) {
    super();
    this.kind = kind;
    this.label = label;
  }

  getSettings(): MediaTrackSettings {
    return this.kind === 'video' ? { width: 1280, height: 720, frameRate: 30 } : {};
  }

  /** As the page stops it: no event. */
  stop(): void {
    this.readyState = 'ended';
  }

  /** As the world ends it: the device is pulled out. */
  unplug(): void {
    if (this.readyState === 'ended') return;
    this.readyState = 'ended';
    this.dispatchEvent(new Event('ended'));
  }
}

/** The installed fake: what was asked for, and every track that was handed out. */
export interface FakeDevices {
  /** The constraints of each `getUserMedia`, in order. */
  readonly asked: readonly MediaStreamConstraints[];
  readonly tracks: readonly FakeTrack[];
  /** Tracks that nobody stopped yet: what a camera light would show. */
  live(): readonly FakeTrack[];
  /** Changes how the browser answers from now on. */
  behave(camera: DeviceBehaviour, microphone: DeviceBehaviour): void;
  /** Lets every `getUserMedia` wait until the returned function is called. */
  hold(): () => void;
  restore(): void;
}

const ERROR_NAMES: Record<Exclude<DeviceBehaviour, 'ALLOWED'>, string> = {
  DENIED: 'NotAllowedError',
  DISMISSED: 'NotAllowedError',
  MISSING: 'NotFoundError',
  IN_USE: 'NotReadableError',
  UNFIT: 'OverconstrainedError',
};

const PERMISSIONS: Partial<Record<DeviceBehaviour, PermissionState>> = {
  DENIED: 'denied',
  DISMISSED: 'prompt',
};

/** Puts fake devices in place of `navigator.mediaDevices` and `navigator.permissions`. */
export function installFakeDevices(
  camera: DeviceBehaviour = 'ALLOWED',
  microphone: DeviceBehaviour = 'ALLOWED',
): FakeDevices {
  const asked: MediaStreamConstraints[] = [];
  const tracks: FakeTrack[] = [];
  let behaviours = { camera, microphone };
  let held: Promise<void> = Promise.resolve();

  const getUserMedia = async (constraints: MediaStreamConstraints) => {
    asked.push(constraints);
    await held;
    const wanted = [
      ...(constraints.video ? [behaviours.camera] : []),
      ...(constraints.audio ? [behaviours.microphone] : []),
    ];
    for (const behaviour of wanted) {
      if (behaviour !== 'ALLOWED') {
        throw new DOMException(`The fake device is ${behaviour}.`, ERROR_NAMES[behaviour]);
      }
    }
    const video = constraints.video ? [new FakeTrack('video', 'Fake camera')] : [];
    const audio = constraints.audio ? [new FakeTrack('audio', 'Fake microphone')] : [];
    tracks.push(...video, ...audio);
    return { getVideoTracks: () => video, getAudioTracks: () => audio };
  };

  const mediaDevices = Object.assign(new EventTarget(), {
    getUserMedia,
    enumerateDevices: async () =>
      [
        { kind: 'videoinput', deviceId: 'camera-1', label: 'Fake camera' },
        { kind: 'audioinput', deviceId: 'microphone-1', label: '' },
      ] as MediaDeviceInfo[],
  });
  const permissions = {
    query: async ({ name }: { readonly name: 'camera' | 'microphone' }) => ({
      state: PERMISSIONS[behaviours[name]] ?? 'granted',
    }),
  };
  const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
  Object.defineProperty(globalThis, 'navigator', {
    configurable: true,
    value: { mediaDevices, permissions },
  });

  return {
    asked,
    tracks,
    live: () => tracks.filter(({ readyState }) => readyState === 'live'),
    behave(nextCamera, nextMicrophone) {
      behaviours = { camera: nextCamera, microphone: nextMicrophone };
    },
    hold() {
      let release = () => {};
      held = new Promise((resolve) => {
        release = resolve;
      });
      return release;
    },
    restore() {
      if (before === undefined) Reflect.deleteProperty(globalThis, 'navigator');
      else Object.defineProperty(globalThis, 'navigator', before);
    },
  };
}
