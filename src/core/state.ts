import type { BroadcastError } from './errors.js';
import type { StatsSample } from './stats/sample.js';

/**
 * Everything the broadcaster shows, in orthogonal slices; each slice is a discriminated union on
 * `status`. Snapshots are immutable, and a slice that did not change keeps its identity.
 * Instants (`...At`) are epoch milliseconds.
 */
export interface BroadcasterState {
  readonly connection: Connection;
  readonly camera: Source;
  readonly microphone: Source;
  readonly devices: Devices;
  readonly stats: Stats;
}

/** The life of one broadcast, which may outlive several sessions with the ingest. */
export type Connection =
  /** Nothing is published. `preparation` says how far ahead of the button signaling already is. */
  | { readonly status: 'idle'; readonly preparation: Preparation }
  /** The user asked to go live at `since`. `attempt` counts from 1. */
  | {
      readonly status: 'connecting';
      readonly since: number;
      readonly attempt: number;
      readonly step: Step;
    }
  /** Media flows. `since` is when the broadcast first went live; gaps do not reset it. */
  | {
      readonly status: 'live';
      readonly since: number;
      readonly sessionId: number;
      /** Set for the first seconds after a gap: losing the session again resumes this budget. */
      readonly recoveringFrom: Gap | null;
    }
  /** The broadcast was live and is being brought back. Viewers see a freeze since `gap.lostAt`. */
  | {
      readonly status: 'reconnecting';
      readonly since: number;
      readonly gap: Gap;
      readonly step: Step;
    }
  /** Over, and only the user can start it again. `endedAt` is when it was given up. */
  | { readonly status: 'failed'; readonly error: BroadcastError; readonly endedAt: number };

/** The five words of `data-status`. */
export type ConnectionStatus = Connection['status'];

/** Signaling that runs ahead of the button; it publishes nothing. */
export type Preparation =
  | { readonly phase: 'none' }
  | { readonly phase: 'preparing'; readonly sessionId: number }
  | { readonly phase: 'ready'; readonly sessionId: number }
  | { readonly phase: 'waiting'; readonly nextTryAt: number; readonly attempt: number };

/** What an attempt to publish is doing now. */
export type Step =
  /** Camera and microphone are being asked for. */
  | { readonly phase: 'capturing' }
  /** A socket to the ingest is being opened and its offer awaited. */
  | { readonly phase: 'signaling'; readonly sessionId: number }
  /** The answer is out; ICE and DTLS are coming up. */
  | { readonly phase: 'negotiating'; readonly sessionId: number }
  /** The transport is up; the first packets of media are awaited. */
  | { readonly phase: 'first-media'; readonly sessionId: number }
  /** The last attempt failed with `cause`; the next one starts at `nextTryAt`. */
  | { readonly phase: 'waiting'; readonly nextTryAt: number; readonly cause: BroadcastError };

/** One interruption: when media stopped, why, and how many attempts to resume were begun. */
export interface Gap {
  readonly lostAt: number;
  readonly cause: BroadcastError;
  readonly attempt: number;
}

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
export type Source = SourceChoice &
  (
    | { readonly status: 'off' }
    /** `after` is set when this replaces a device that was lost. `request` numbers each opening. */
    | {
        readonly status: 'opening';
        readonly request: number;
        readonly after: BroadcastError | null;
      }
    | { readonly status: 'on'; readonly request: number; readonly capture: Capture }
    | { readonly status: 'failed'; readonly error: BroadcastError }
  );

/** An open camera or microphone. */
export interface Capture {
  readonly track: MediaStreamTrack;
  /** The browser's name of the device; empty where the browser hides it. */
  readonly label: string;
  /** Which way a camera faces, as far as the browser tells; mirror the preview for `user` only. */
  readonly facing: 'user' | 'environment' | 'unknown';
  /** Frame size in CSS pixels and rate in frames per second; `null` for a microphone. */
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

/** What is sent, once a second while live. */
export type Stats =
  | { readonly status: 'unknown' }
  | { readonly status: 'sampled'; readonly sample: StatsSample };

const OFF: Source = { status: 'off', deviceId: null, muted: false };

/** The state of a broadcaster that was never used. */
export const INITIAL_STATE: BroadcasterState = {
  connection: { status: 'idle', preparation: { phase: 'none' } },
  camera: OFF,
  microphone: OFF,
  devices: { status: 'unlisted' },
  stats: { status: 'unknown' },
};
