import type { BroadcastError } from '../errors.js';

/** The two kinds of source that the kit captures. */
export type SourceKind = 'camera' | 'microphone';

/** What the user chose for a source; it outlives device changes and failures. */
export interface SourceChoice {
  /** The chosen device, or `null` for the browser's default. */
  readonly deviceId: string | null;
  /** A muted source still sends: black frames, or silence. */
  readonly muted: boolean;
}

/** One camera or microphone. The track belongs to the broadcaster: never stop it from outside. */
export type Source = SourceChoice & SourceStatus;

/** Where a source stands. */
export type SourceStatus =
  /** The app broadcasts without this kind. */
  | { readonly status: 'excluded' }
  | { readonly status: 'off' }
  /** `after` is set when this replaces a device that was lost. `request` numbers each opening. */
  | { readonly status: 'opening'; readonly request: number; readonly after: BroadcastError | null }
  | { readonly status: 'on'; readonly request: number; readonly capture: Capture }
  | { readonly status: 'failed'; readonly error: BroadcastError };

/** An open camera or microphone. */
export interface Capture {
  readonly track: MediaStreamTrack;
  /** The browser's name of the device; empty where the browser hides it. */
  readonly label: string;
  /** Which way a camera faces, as far as the browser tells; mirror the preview unless `environment`. */
  readonly facing: 'user' | 'environment' | 'unknown';
  /** Frame size in pixels and rate in frames per second; `null` for a microphone. */
  readonly picture: {
    readonly width: number;
    readonly height: number;
    readonly frameRate: number;
  } | null;
}

/** A camera or microphone that could be chosen; `label` is never empty. */
export interface Device {
  readonly deviceId: string;
  readonly label: string;
}

/** The devices of the machine, listed once a source was opened (browsers hide them before). */
export type Devices =
  | { readonly status: 'unlisted' }
  | {
      readonly status: 'listed';
      readonly cameras: readonly Device[];
      readonly microphones: readonly Device[];
    };

/** Everything that can happen to a source. */
export type SourceHappening =
  /** The preview is wanted: opens what is off or has failed. */
  | { readonly type: 'preview-requested' }
  | { readonly type: 'source-allowed'; readonly kind: SourceKind; readonly allowed: boolean }
  | {
      readonly type: 'source-selected';
      readonly kind: SourceKind;
      readonly deviceId: string | null;
    }
  | { readonly type: 'source-muted'; readonly kind: SourceKind; readonly muted: boolean }
  | {
      readonly type: 'source-opened';
      readonly kind: SourceKind;
      readonly request: number;
      readonly capture: Capture;
    }
  /** The device could not be opened. */
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
  | {
      readonly type: 'devices-listed';
      readonly cameras: readonly Device[];
      readonly microphones: readonly Device[];
    };
