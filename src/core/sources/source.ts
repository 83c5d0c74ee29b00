import type { BroadcastError } from '../errors.js';
import type { ScreenContent, ScreenOptions } from './screen-options.js';

/** A kind of source that the kit captures. */
export type SourceKind = 'screen' | DeviceKind;

/** A kind of source that is a device of the machine. */
export type DeviceKind = 'camera' | 'microphone';

/** The media that each kind of source gives. Of two pictures that are on, the first here goes out. */
export const MEDIA_OF = {
  screen: 'video',
  camera: 'video',
  microphone: 'audio',
} as const satisfies Record<SourceKind, 'video' | 'audio'>;

/** The kinds of source, in the order in which texts name them. */
export const SOURCE_KINDS = Object.keys(MEDIA_OF) as readonly SourceKind[];

/** The kinds that are devices. */
export const DEVICE_KINDS: readonly DeviceKind[] = ['camera', 'microphone'];

/** The same of every kind of source. */
export function ofEachSource<Value>(make: (kind: SourceKind) => Value): Record<SourceKind, Value> {
  const made = SOURCE_KINDS.map((kind) => [kind, make(kind)]);
  return Object.fromEntries(made) as Record<SourceKind, Value>;
}

/** The user's choice for a source; it outlives device changes and failures. */
export interface SourceChoice {
  /**
   * The device that is wanted, or `null` for the system's default. It stays wanted while another
   * one stands in for it; `capture.deviceId` is the one that is open.
   */
  readonly deviceId: string | null;
  /** A muted source still sends: black frames, or silence. */
  readonly muted: boolean;
}

/** One camera, microphone or screen. The track belongs to the broadcaster: never stop it from outside. */
export type Source = SourceChoice & SourceStatus;

/** Where a source stands. */
export type SourceStatus =
  /** The app broadcasts without this kind. */
  | { readonly status: 'excluded' }
  | { readonly status: 'off' }
  /** `after` is set when this replaces a device that was lost. `request` numbers each opening. */
  | {
      readonly status: 'opening';
      readonly request: number;
      readonly after: BroadcastError | null;
      /** How a screen was asked for. */
      readonly share?: ScreenOptions | undefined;
    }
  | {
      readonly status: 'on';
      readonly request: number;
      readonly capture: Capture;
      /** Another device is being opened; this one goes on until that one is there. */
      readonly change: SourceChange | null;
      /** Why this is not the device that was wanted last; `null` when it is. */
      readonly problem: BroadcastError | null;
    }
  | { readonly status: 'failed'; readonly error: BroadcastError };

/** A change of device under way. */
export interface SourceChange {
  readonly request: number;
  /** The device to open, or `null` for the system's default. */
  readonly target: string | null;
  /** The choice to return to if it does not open. */
  readonly before: string | null;
  /** How another screen was asked for. */
  readonly share?: ScreenOptions | undefined;
}

/** An open camera, microphone or screen. */
export interface Capture {
  readonly track: MediaStreamTrack;
  /** The sound that came with a screen, while there is any: of its tab, its window, or the whole system. */
  readonly sound: MediaStreamTrack | null;
  /** The browser's id of the device; empty where the browser does not tell, and for a screen. */
  readonly deviceId: string;
  /** The browser's name of the device; empty where the browser hides it, or has none for people. */
  readonly label: string;
  /** Which way a camera faces, as far as the browser tells; mirror the preview unless `environment`. */
  readonly facing: 'user' | 'environment' | 'unknown';
  /** Frame size in pixels and rate in frames per second, as it was opened; `null` for a microphone. */
  readonly picture: {
    readonly width: number;
    readonly height: number;
    readonly frameRate: number;
  } | null;
  /** The content of a screen; absent of everything else. */
  readonly content?: ScreenContent;
}

/** A camera or microphone that could be chosen; no two of a kind have the same label, and none an empty one. */
export interface Device {
  readonly deviceId: string;
  readonly label: string;
  /** The system's default stands for it, as far as the browser tells. */
  readonly isDefault?: true;
}

/** The devices of the machine, listed once a device was requested (browsers hide them before). */
export type Devices =
  | { readonly status: 'unlisted' }
  | {
      readonly status: 'listed';
      readonly cameras: readonly Device[];
      readonly microphones: readonly Device[];
    };

/** Everything that can happen to a source. */
export type SourceEvent =
  /** The preview is wanted: opens what is off or has failed. */
  | { readonly type: 'preview-requested' }
  /** The person is to choose a screen to share, or another one. */
  | { readonly type: 'share-requested'; readonly share: ScreenOptions }
  | { readonly type: 'sharing-stopped' }
  /** The sound of this screen ended; its picture goes on. */
  | { readonly type: 'screen-silent'; readonly request: number }
  | { readonly type: 'source-allowed'; readonly kind: SourceKind; readonly allowed: boolean }
  | {
      readonly type: 'source-selected';
      readonly kind: DeviceKind;
      readonly deviceId: string | null;
    }
  | { readonly type: 'source-muted'; readonly kind: SourceKind; readonly muted: boolean }
  | {
      readonly type: 'source-opened';
      readonly kind: SourceKind;
      readonly request: number;
      readonly capture: Capture;
      /** Why it is another device than the one that was requested. */
      readonly problem: BroadcastError | null;
    }
  /** A change failed; `capture` is the device of before, which may have been opened anew. */
  | {
      readonly type: 'source-kept';
      readonly kind: SourceKind;
      readonly request: number;
      readonly capture: Capture;
      readonly error: BroadcastError;
    }
  /** No device could be opened. */
  | {
      readonly type: 'source-failed';
      readonly kind: SourceKind;
      readonly request: number;
      readonly error: BroadcastError;
    }
  /** An open device went away: unplugged, taken, or permission withdrawn. */
  | {
      readonly type: 'source-lost';
      readonly kind: SourceKind;
      readonly request: number;
      readonly error: BroadcastError;
    }
  /** The labels are the browser's own here; the state tells equal ones apart. */
  | {
      readonly type: 'devices-listed';
      readonly cameras: readonly Device[];
      readonly microphones: readonly Device[];
    };
