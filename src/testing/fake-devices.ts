/** The browser's answer to a request for a device. */
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
  | 'UNFIT'
  /** The privacy settings of the system forbid it, and the browser says so, as Chromium does. */
  | 'DENIED_BY_SYSTEM'
  /** The same, but the browser says that it finds none, as Firefox does. */
  | 'HIDDEN_BY_SYSTEM';

/** The browser's answer to a page that wants to share a screen. */
export type ScreenBehaviour =
  /** The person chose something, with its sound. */
  | 'SHARED'
  /** The same without sound, as in browsers that have none, or where the person wanted none. */
  | 'SHARED_WITHOUT_SOUND'
  /** The person closed the browser's dialogue. */
  | 'DISMISSED'
  /** The site's settings say no. */
  | 'DENIED'
  | 'DENIED_BY_SYSTEM'
  /** It was no press that asked for it. */
  | 'WITHOUT_A_PRESS'
  /** The system does not let the browser read it. */
  | 'UNREADABLE'
  /** Only the plainest question passes, as in a browser that dislikes an option. */
  | 'FUSSY'
  /** The browser has no such method, as those on phones. */
  | 'UNSUPPORTED';

/** A device of the fake machine. Chromium's own entries have the ids `default` and `communications`. */
export interface FakeDevice {
  readonly kind: 'camera' | 'microphone' | 'speaker';
  readonly deviceId: string;
  readonly label: string;
  /** Which way a camera faces; a browser that is asked for one opens that. */
  readonly facing?: 'user' | 'environment';
  /** Devices that belong together share a group, as the default does with the device behind it. */
  readonly groupId?: string;
}

/** A track without a device: it ends when it is stopped, or unplugged on command. */
export class FakeTrack extends EventTarget {
  readonly kind: 'audio' | 'video';
  readonly label: string;
  readonly deviceId: string;
  contentHint = '';
  enabled = true;
  muted = false;
  readyState: 'live' | 'ended' = 'live';
  /** The clones of it, which end with their device. */
  readonly clones: FakeTrack[] = [];

  readonly facing: 'user' | 'environment' | undefined;

  constructor(
    kind: 'audio' | 'video',
    label: string,
    deviceId = '',
    facing?: 'user' | 'environment',
  ) {
    super();
    this.kind = kind;
    this.label = label;
    this.deviceId = deviceId;
    this.facing = facing;
  }

  /** As a browser describes a track of such a device. */
  getSettings(): MediaTrackSettings {
    const { deviceId } = this;
    const picture = this.kind === 'video' ? { width: 1280, height: 720, frameRate: 30 } : {};
    const facing = this.facing === undefined ? {} : { facingMode: this.facing };
    return { ...picture, ...facing, ...(deviceId === '' ? {} : { deviceId }) };
  }

  /** Another track of the same device. */
  clone(): FakeTrack {
    const clone = new FakeTrack(this.kind, this.label, this.deviceId);
    clone.enabled = this.enabled;
    clone.readyState = this.readyState;
    this.clones.push(clone);
    return clone;
  }

  /** As the page stops it: no event. */
  stop(): void {
    this.readyState = 'ended';
  }

  /** As from outside: the system holds the device, as for a call; it stays open and gives nothing. */
  hold(): void {
    this.muted = true;
    this.dispatchEvent(new Event('mute'));
  }

  /** As from outside: the system lets go of it, and says that it gives something again. */
  letGo(): void {
    this.muted = false;
    this.dispatchEvent(new Event('unmute'));
  }

  /** As from outside: the device is pulled out. */
  unplug(): void {
    for (const clone of this.clones) clone.unplug();
    if (this.readyState === 'ended') return;
    this.readyState = 'ended';
    this.dispatchEvent(new Event('ended'));
  }
}

/** The installed fake: the requests, and every track that was handed out. */
export interface FakeDevices {
  /** The constraints of each `getUserMedia`, in order. */
  readonly asked: readonly MediaStreamConstraints[];
  readonly tracks: readonly FakeTrack[];
  /** Tracks that nobody stopped yet: what a camera light would show. */
  live(): readonly FakeTrack[];
  /** Changes how the browser answers from now on. */
  behave(camera: DeviceBehaviour, microphone: DeviceBehaviour): void;
  /** The options of each `getDisplayMedia`, in order. */
  readonly askedScreens: readonly DisplayMediaStreamOptions[];
  /** Changes how the browser answers from now on to a page that wants to share a screen. */
  behaveOnSharing(screen: ScreenBehaviour): void;
  /** Lets the person end what is shared with the browser's own button. */
  stopSharing(): void;
  /** Replaces the devices of the machine; from then on no other id can be opened. */
  list(devices: readonly FakeDevice[]): void;
  /** Lets this device fail to start as many times, with an error of this name (`NotReadableError`). */
  busy(deviceId: string, times: number, errorName?: string): void;
  /** Lets the machine open only one device of a kind at a time, as phones do with cameras. */
  openOnlyOne(): void;
  /**
   * Ends, a moment later, whatever is opened beside an open device of its kind, and refuses nothing:
   * as browsers on iOS do.
   */
  endTheSecond(): void;
  /** Takes the Permissions API away, as in older browsers; then only names tell. */
  hidePermissions(): void;
  /** Lets every `getUserMedia` and `getDisplayMedia` wait until the returned function is called. */
  hold(): () => void;
  /** Gives the page its own devices back. */
  restore(): void;
}

const ERROR_NAMES: Record<Exclude<DeviceBehaviour, 'ALLOWED'>, string> = {
  DENIED: 'NotAllowedError',
  DISMISSED: 'NotAllowedError',
  MISSING: 'NotFoundError',
  IN_USE: 'NotReadableError',
  UNFIT: 'OverconstrainedError',
  DENIED_BY_SYSTEM: 'NotAllowedError',
  HIDDEN_BY_SYSTEM: 'NotFoundError',
};

const SCREEN_ERRORS: Partial<Record<ScreenBehaviour, readonly [name: string, message: string]>> = {
  DISMISSED: ['NotAllowedError', 'Permission denied by user'],
  DENIED: ['NotAllowedError', 'Permission denied'],
  DENIED_BY_SYSTEM: ['NotAllowedError', 'Permission denied by system'],
  WITHOUT_A_PRESS: ['InvalidStateError', 'It takes a gesture of the user.'],
  UNREADABLE: ['NotReadableError', 'Could not start video source'],
};
const MEDIA_KINDS = {
  camera: 'videoinput',
  microphone: 'audioinput',
  speaker: 'audiooutput',
} as const;

const PERMISSIONS: Partial<Record<DeviceBehaviour, PermissionState>> = {
  DENIED: 'denied',
  DISMISSED: 'prompt',
};

const MACHINE: readonly FakeDevice[] = [
  { kind: 'camera', deviceId: 'camera-1', label: 'Fake camera' },
  { kind: 'microphone', deviceId: 'microphone-1', label: '' },
];

/** Puts fake devices in place of `navigator.mediaDevices` and `navigator.permissions`. */
export function installFakeDevices(
  camera: DeviceBehaviour = 'ALLOWED',
  microphone: DeviceBehaviour = 'ALLOWED',
): FakeDevices {
  const asked: MediaStreamConstraints[] = [];
  const tracks: FakeTrack[] = [];
  const live = () =>
    tracks
      .flatMap((track) => [track, ...track.clones])
      .filter(({ readyState }) => readyState === 'live');
  let behaviours = { camera, microphone };
  let held: Promise<void> = Promise.resolve();
  let machine: readonly FakeDevice[] | null = null;
  const busy = new Map<string, { times: number; readonly errorName: string }>();
  let isSingle = false;
  let screen: ScreenBehaviour = 'SHARED';
  const askedScreens: DisplayMediaStreamOptions[] = [];
  const screens: FakeTrack[] = [];
  let endsSecond = false;

  const open = (kind: 'camera' | 'microphone', wish: MediaTrackConstraints | boolean) => {
    const behaviour = behaviours[kind];
    if (behaviour !== 'ALLOWED') {
      const message =
        behaviour === 'DENIED_BY_SYSTEM'
          ? 'Permission denied by system'
          : `The fake device is ${behaviour}.`;
      throw new DOMException(message, ERROR_NAMES[behaviour]);
    }
    const exact = exactOf(wish);
    const ofKind = (machine ?? MACHINE).filter((device) => device.kind === kind);
    const facing = exactFacingOf(wish);
    const device = ofKind.find(
      (one) =>
        (exact === null || one.deviceId === exact) && (facing === null || one.facing === facing),
    );
    if (device === undefined && facing !== null) {
      throw new DOMException('None faces that way.', 'OverconstrainedError');
    }
    if (device === undefined && machine !== null) {
      throw exact === null
        ? new DOMException('There is none.', 'NotFoundError')
        : new DOMException('It is not there.', 'OverconstrainedError');
    }
    const deviceId = exact ?? device?.deviceId ?? '';
    const failure = busy.get(deviceId);
    if (failure !== undefined && failure.times > 0) {
      failure.times -= 1;
      throw new DOMException('It did not start.', failure.errorName);
    }
    const trackKind = kind === 'camera' ? 'video' : 'audio';
    if (isSingle && live().some((track) => track.kind === trackKind)) {
      throw new DOMException('Another one is open.', 'NotReadableError');
    }
    const label = device?.label || (kind === 'camera' ? 'Fake camera' : 'Fake microphone');
    const track = new FakeTrack(trackKind, label, deviceId, device?.facing);
    if (endsSecond && live().some((other) => other.kind === trackKind)) {
      setTimeout(() => track.unplug());
    }
    return track;
  };

  const getUserMedia = async (constraints: MediaStreamConstraints) => {
    asked.push(constraints);
    await held;
    const video = constraints.video ? [open('camera', constraints.video)] : [];
    const audio = constraints.audio ? [open('microphone', constraints.audio)] : [];
    tracks.push(...video, ...audio);
    return { getVideoTracks: () => video, getAudioTracks: () => audio };
  };

  const getDisplayMedia = async (options: DisplayMediaStreamOptions) => {
    askedScreens.push(options);
    const answer = screen;
    if (answer === 'FUSSY' && options.video !== true) throw new TypeError('Not this option.');
    await held;
    const [name, message] = SCREEN_ERRORS[answer] ?? [];
    if (name !== undefined) throw new DOMException(message, name);
    const video = new FakeTrack('video', 'screen:1:0');
    const hasSound = answer !== 'SHARED_WITHOUT_SOUND' && Boolean(options.audio);
    const chosen = [video, ...(hasSound ? [new FakeTrack('audio', 'Tab audio')] : [])];
    screens.push(...chosen);
    tracks.push(...chosen);
    return { getTracks: () => chosen };
  };

  const mediaDevices = Object.assign(new EventTarget(), {
    getUserMedia,
    enumerateDevices: async () =>
      (machine ?? MACHINE)
        .filter(({ kind }) => kind === 'speaker' || behaviours[kind] !== 'MISSING')
        .map(({ kind, deviceId, label, groupId = '', facing }) => ({
          ...(facing === undefined ? {} : { getCapabilities: () => ({ facingMode: [facing] }) }),
          kind: MEDIA_KINDS[kind],
          deviceId,
          label,
          groupId,
        })) as unknown as MediaDeviceInfo[],
  });
  Object.defineProperty(mediaDevices, 'getDisplayMedia', {
    configurable: true,
    get: () => (screen === 'UNSUPPORTED' ? undefined : getDisplayMedia),
  });
  const permissions = {
    query: async ({ name }: { readonly name: 'camera' | 'microphone' | 'display-capture' }) => ({
      state:
        name === 'display-capture'
          ? screen === 'DENIED'
            ? 'denied'
            : 'prompt'
          : (PERMISSIONS[behaviours[name]] ?? 'granted'),
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
    live,
    behave(nextCamera, nextMicrophone) {
      behaviours = { camera: nextCamera, microphone: nextMicrophone };
    },
    askedScreens,
    behaveOnSharing(next) {
      screen = next;
    },
    stopSharing() {
      for (const track of screens) track.unplug();
    },
    list(devices) {
      machine = devices;
      mediaDevices.dispatchEvent(new Event('devicechange'));
    },
    busy: (deviceId, times, errorName = 'NotReadableError') => {
      busy.set(deviceId, { times, errorName });
    },
    openOnlyOne() {
      isSingle = true;
    },
    endTheSecond() {
      endsSecond = true;
    },
    hidePermissions() {
      Reflect.deleteProperty(navigator, 'permissions');
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

function exactOf(wish: MediaTrackConstraints | boolean): string | null {
  const { deviceId } = typeof wish === 'boolean' ? {} : wish;
  const isExact = typeof deviceId === 'object' && 'exact' in deviceId;
  return isExact && typeof deviceId.exact === 'string' ? deviceId.exact : null;
}

function exactFacingOf(wish: MediaTrackConstraints | boolean): string | null {
  const { facingMode } = typeof wish === 'boolean' ? {} : wish;
  const isExact = typeof facingMode === 'object' && 'exact' in facingMode;
  return isExact && typeof facingMode.exact === 'string' ? facingMode.exact : null;
}
