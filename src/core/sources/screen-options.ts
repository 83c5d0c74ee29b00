import { FLAG, isPositive, oneOf } from '../foundation/guards.js';

/** The content of a screen, for the encoder (W3C mst-content-hint). */
export type ScreenContent = 'detail' | 'text' | 'motion';

/**
 * Wishes for sharing a screen (W3C Screen Capture). A browser that does not know one of them goes
 * without it.
 */
export interface ScreenOptions {
  /** The choice that the browser's dialogue offers first: a whole screen, a window, or a tab. */
  readonly displaySurface?: 'monitor' | 'window' | 'browser';
  /** Pixels that the picture is reduced to where the screen has more; default 1920. Not in Safari. */
  readonly width?: number;
  /** Pixels that the picture is reduced to where the screen has more; default 1080. Not in Safari. */
  readonly height?: number;
  /** Frames per second at most; default 30. Not in Safari. */
  readonly frameRate?: number;
  /**
   * The content of the screen: `detail`, the default, for slides and programs; `text` for fine
   * text; `motion` for a film or a game. With `detail` and `text` frames drop before lines do.
   */
  readonly content?: ScreenContent;
  /** Whether to offer the sound of the tab, window or system along with the picture; default true. */
  readonly audio?: boolean;
  /** Whether to offer the sound of the whole system; by default as `audio` says. */
  readonly systemAudio?: 'include' | 'exclude';
  /** The sound to offer with a window: the window's own, the system's, or none. */
  readonly windowAudio?: 'exclude' | 'window' | 'system';
  /** Whether the person can go over to another tab without a new dialogue; default `include`. */
  readonly surfaceSwitching?: 'include' | 'exclude';
  /** Whether to offer the tab of this page. */
  readonly selfBrowserSurface?: 'include' | 'exclude';
  /** Whether to offer whole screens. */
  readonly monitorTypeSurfaces?: 'include' | 'exclude';
  /** Offers the tab of this page first. */
  readonly preferCurrentTab?: boolean;
  /** Leaves the sound of this page out of the system's; default true, unless `preferCurrentTab` is. */
  readonly restrictOwnAudio?: boolean;
  /** Silences the shared tab on this machine while viewers hear it. */
  readonly suppressLocalAudioPlayback?: boolean;
  /** Whether the shared tab or window comes to the front as sharing begins. */
  readonly focusBehavior?:
    | 'focus-captured-surface'
    | 'focus-capturing-application'
    | 'no-focus-change';
}

const PIXELS = [isPositive, 'a number of pixels above 0'] as const;
const OFFER = oneOf('include', 'exclude');

/** The rule for each option. */
export const SCREEN_RULES = {
  displaySurface: oneOf('monitor', 'window', 'browser'),
  width: PIXELS,
  height: PIXELS,
  frameRate: [isPositive, 'a number of frames per second above 0'],
  content: oneOf('detail', 'text', 'motion'),
  audio: FLAG,
  systemAudio: OFFER,
  windowAudio: oneOf('exclude', 'window', 'system'),
  surfaceSwitching: OFFER,
  selfBrowserSurface: OFFER,
  monitorTypeSurfaces: OFFER,
  preferCurrentTab: FLAG,
  restrictOwnAudio: FLAG,
  suppressLocalAudioPlayback: FLAG,
  focusBehavior: oneOf('focus-captured-surface', 'focus-capturing-application', 'no-focus-change'),
} as const;

/** The content hint of a screen; a word that is none of them counts as detail. */
export function screenHintOf(options: ScreenOptions | null): ScreenContent {
  const content = options?.content;
  return content === 'text' || content === 'motion' ? content : 'detail';
}

/** The options of `getDisplayMedia`, of which the types of the DOM know but a few. */
export function displayOptions(options: ScreenOptions): DisplayMediaStreamOptions {
  const {
    displaySurface,
    width = 1920,
    height = 1080,
    frameRate = 30,
    content: _,
    audio = true,
    systemAudio = audio ? 'include' : 'exclude',
    surfaceSwitching = 'include',
    preferCurrentTab = false,
    restrictOwnAudio = !preferCurrentTab,
    suppressLocalAudioPlayback = false,
    focusBehavior,
    ...offers
  } = options;
  const video = {
    ...(displaySurface === undefined ? {} : { displaySurface }),
    // Only upper limits: an ideal size would make a small window large. Safari cuts a screen off at
    // them (WebKit bug 263015).
    ...(isWebKit()
      ? {}
      : { width: { max: width }, height: { max: height }, frameRate: { max: frameRate } }),
  };
  const sound = {
    // Made for voices: they would spoil what a tab plays.
    echoCancellation: false,
    noiseSuppression: false,
    autoGainControl: false,
    restrictOwnAudio,
    suppressLocalAudioPlayback,
  };
  return {
    ...offers,
    ...controllerFor(focusBehavior),
    video,
    audio: audio && sound,
    systemAudio,
    surfaceSwitching,
    preferCurrentTab,
  } as DisplayMediaStreamOptions;
}

/** The same with nothing in it that a browser could refuse. */
export function plainDisplayOptions({ audio = true }: ScreenOptions): DisplayMediaStreamOptions {
  return { video: true, audio };
}

function isWebKit(): boolean {
  return globalThis.navigator?.vendor?.startsWith('Apple') === true;
}

/** Chromium's, so far. */
interface CaptureControllerLike {
  setFocusBehavior(behavior: string): void;
}

function controllerFor(focusBehavior: string | undefined): object {
  const { CaptureController } = globalThis as {
    readonly CaptureController?: new () => CaptureControllerLike;
  };
  if (focusBehavior === undefined || CaptureController === undefined) return {};
  const controller = new CaptureController();
  controller.setFocusBehavior(focusBehavior);
  return { controller };
}

/** Whether this browser can share a screen; those on phones cannot, though some have the method. */
export function canShareScreen(): boolean {
  const { mediaDevices, userAgent = '' } = globalThis.navigator ?? {};
  return mediaDevices?.getDisplayMedia !== undefined && !/Android|iPhone|iPad/.test(userAgent);
}
