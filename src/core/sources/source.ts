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
  /** The name of the wanted device, as far as it is known: some browsers give it another id. */
  readonly label?: string | undefined;
  /** A muted source still sends: a slate, or silence. */
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
      /** Why this is not the device that was wanted last, or not processed; `null` when it is. */
      readonly problem: BroadcastError | null;
      /** The device is open and gives nothing; absent while it works. */
      readonly interrupted?: SourceInterruption;
      /** The session that a capture of the app's making serves; the next one gets another. */
      readonly session?: number;
    }
  /** A muted camera: closed, so that its light is off, until it is unmuted. A slate goes out. */
  | { readonly status: 'paused' }
  | { readonly status: 'failed'; readonly error: BroadcastError };

/**
 * An open source that gives nothing, as a phone's camera during a call. It is taken anew until it
 * works; a picture of another source, or none, goes out meanwhile.
 */
export interface SourceInterruption {
  /** Epoch milliseconds. */
  readonly since: number;
  /** `held`: the system says so. `still`: no frames come from it, whatever the system says. */
  readonly cause: 'held' | 'still';
}

/** Which way a camera faces: the person, or away from them. */
export type Facing = 'user' | 'environment';

/** A change of device under way. */
export interface SourceChange {
  readonly request: number;
  /** The device to open, or `null` for the system's default. */
  readonly target: string | null;
  /** The device is the one that faces this way, instead of `target`. */
  readonly facing?: Facing;
  /** The same device is opened anew: it gives nothing, or another size is asked of it. */
  readonly isRetake?: true;
  /** The choice to return to if it does not open. */
  readonly before: string | null;
  /** How another screen was asked for. */
  readonly share?: ScreenOptions | undefined;
}

/** An open camera, microphone or screen. */
export interface Capture {
  /** The track that goes out. */
  readonly track: MediaStreamTrack;
  /** The track as it was opened, where a processor of the app makes `track` of it. */
  readonly raw?: MediaStreamTrack;
  /**
   * The app supplies it in place of a device: its own track (`given`), which is never stopped, or
   * one that its factory made.
   */
  readonly supplied?: 'given' | 'made';
  /** The sound that came with a screen, while there is any: of its tab, its window, or the whole system. */
  readonly sound: MediaStreamTrack | null;
  /** The browser's id of the device; empty where the browser does not tell, and for a screen. */
  readonly deviceId: string;
  /** The browser's name of the device; empty where the browser hides it, or has none for people. */
  readonly label: string;
  /** Which way a camera faces, as far as the browser tells; mirror the preview unless `environment`. */
  readonly facing: Facing | 'unknown';
  /** Frame size in pixels and rate in frames per second; `null` for a microphone. */
  readonly picture: {
    readonly width: number;
    readonly height: number;
    readonly frameRate: number;
  } | null;
  /** The content of a screen; absent of everything else. */
  readonly content?: ScreenContent;
}

/** A camera, microphone or speaker that could be chosen; no two of a kind have the same label, and none an empty one. */
export interface Device {
  readonly deviceId: string;
  readonly label: string;
  /** The system's default stands for it, as far as the browser tells. */
  readonly isDefault?: true;
  /** Which way a camera faces, as far as the browser tells. */
  readonly facing?: Facing;
}

/** The devices of the machine. */
export interface ListedDevices {
  readonly cameras: readonly Device[];
  readonly microphones: readonly Device[];
  /** Empty where the browser shows none, as Safari. */
  readonly speakers: readonly Device[];
}

/**
 * The devices of the machine, listed once a source was requested. Where the page already has
 * permission they are listed before, while somebody subscribes.
 */
export type Devices =
  | { readonly status: 'unlisted' }
  | ({ readonly status: 'listed' } & ListedDevices);

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
      /** The name of that device, where it is not listed yet. */
      readonly label?: string;
    }
  | { readonly type: 'source-muted'; readonly kind: SourceKind; readonly muted: boolean }
  /** The app supplies another source or processor, or asks its factory for another picture. */
  | { readonly type: 'supply-changed'; readonly kind: SourceKind }
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
  /** An open device gives nothing any more, though it is not gone. */
  | {
      readonly type: 'source-interrupted';
      readonly kind: SourceKind;
      readonly request: number;
      readonly cause: SourceInterruption['cause'];
    }
  | { readonly type: 'source-resumed'; readonly kind: SourceKind; readonly request: number }
  /** It is time to open a source anew that is interrupted, or that another app had taken. */
  | { readonly type: 'source-retaken'; readonly kind: SourceKind }
  /** The picture has another size, as that of a phone that was turned. */
  | {
      readonly type: 'source-resized';
      readonly kind: SourceKind;
      readonly request: number;
      readonly picture: Capture['picture'];
    }
  | { readonly type: 'camera-flipped' }
  /** The options ask for another size or rate than before. */
  | { readonly type: 'picture-asked' }
  | ({
      readonly type: 'devices-listed';
      /** Whether a device that was replaced is taken back now that it is there again. */
      readonly isReturnWanted: boolean;
    } & ListedDevices);
