import type { BroadcastError } from './errors.js';
import type { ScreenContent } from './sources/screen-options.js';
import type { Capture, Source, SourceKind } from './sources/source.js';
import { MEDIA_OF, ofEachSource, SOURCE_KINDS } from './sources/source.js';
import { SOURCES } from './sources/source-kinds.js';

/** The picture, or the sound, that goes out now. */
export type OutgoingMedia =
  /** The app broadcasts without it, or nobody asked for it yet. */
  | { readonly status: 'excluded' | 'off' }
  /** There will be a track. */
  | { readonly status: 'opening' }
  | {
      readonly status: 'on';
      readonly track: MediaStreamTrack;
      /** How people call the device it comes from; empty where there is none, or no name for it. */
      readonly label: string;
      /** Black or silence goes out in its place. */
      readonly muted: boolean;
      /** Pixels and frames per second; `null` for a sound, and where the browser does not tell. */
      readonly picture: Capture['picture'];
      /** Whether a preview shows it as in a mirror. */
      readonly isMirrored: boolean;
      /** The content of a screen, which may stand still for as long as it likes; `null` of all else. */
      readonly screen: ScreenContent | null;
    }
  | { readonly status: 'failed'; readonly error: BroadcastError };

/** The outgoing media of each kind. */
export interface Outgoing {
  readonly video: OutgoingMedia;
  readonly audio: OutgoingMedia;
}

/**
 * The outgoing media now: the only authority on it. Of several sources of one kind of media that
 * one is taken which is furthest on, and of those the first in the table. A member is the same
 * object as long as its source is.
 */
export function selectOutgoing(state: Readonly<Record<SourceKind, Source>>): Outgoing {
  return { video: mediaOf(state, 'video'), audio: mediaOf(state, 'audio') };
}

/** Both kinds, the picture first, as texts name them. */
export function bothOf({ video, audio }: Outgoing): readonly OutgoingMedia[] {
  return [video, audio];
}

/** Whether a session should negotiate it: it is sent now, or will be once its device opened. */
export function isSendable({ status }: OutgoingMedia): boolean {
  return status === 'on' || status === 'opening';
}

/** Whether there is anything to send: `opening` while a source is still being opened. */
export function captureOf(outgoing: Outgoing): 'off' | 'opening' | 'some' | 'failed' {
  const has = (status: Source['status']) => bothOf(outgoing).some((one) => one.status === status);
  return has('opening') ? 'opening' : has('on') ? 'some' : has('failed') ? 'failed' : 'off';
}

/** Why the first that failed did; `null` where none has. */
export function failureOf(outgoing: Outgoing): BroadcastError | null {
  const failed = bothOf(outgoing).find((one) => one.status === 'failed');
  return failed?.status === 'failed' ? failed.error : null;
}

/** A screen that is not shared, or could not be, leaves everything as it is without it. */
function statusOf(kind: SourceKind, { status }: Source): Source['status'] {
  const isAway = kind === 'screen' && (status === 'off' || status === 'failed');
  return isAway ? 'excluded' : status;
}

const FURTHEST_FIRST: readonly Source['status'][] = ['on', 'opening', 'failed', 'off', 'excluded'];

function mediaOf(
  state: Readonly<Record<SourceKind, Source>>,
  media: keyof Outgoing,
): OutgoingMedia {
  const kinds = SOURCE_KINDS.filter((kind) => MEDIA_OF[kind] === media);
  for (const status of FURTHEST_FIRST) {
    const kind = kinds.find((one) => statusOf(one, state[one]) === status);
    if (kind !== undefined) return outgoing(kind, state[kind]);
  }
  return { status: 'excluded' };
}

/** One object for each source, however often it is requested. */
const remembered = ofEachSource(() => new WeakMap<Source, OutgoingMedia>());

function outgoing(kind: SourceKind, source: Source): OutgoingMedia {
  const known = remembered[kind].get(source) ?? read(kind, source);
  remembered[kind].set(source, known);
  return known;
}

function read(kind: SourceKind, source: Source): OutgoingMedia {
  const { status } = source;
  if (status === 'on') {
    const { muted, capture } = source;
    const { track, label, picture, content = null } = capture;
    const isMirrored = SOURCES[kind].isMirrored(capture);
    return { status, track, label, muted, picture, isMirrored, screen: content };
  }
  if (kind === 'screen') return { status: status === 'opening' ? status : 'excluded' };
  return status === 'failed' ? { status, error: source.error } : { status };
}
