import { isBroadcasting } from './connection/connection.js';
import type { BroadcastError } from './errors.js';
import { isSame } from './foundation/same.js';
import { soundInputsOf } from './sound-inputs.js';
import type { ScreenContent } from './sources/screen-options.js';
import type { Capture, Source, SourceKind } from './sources/source.js';
import { MEDIA_OF, ofEachSource, SOURCE_KINDS } from './sources/source.js';
import { SOURCES } from './sources/source-kinds.js';
import type { BroadcasterState } from './state.js';

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
      /** A slate, black or silence goes out in its place. */
      readonly muted: boolean;
      /** The state of the picture in whose place a slate goes out; `null` for a picture or sound itself. */
      readonly slateFor: SlateCause | null;
      /** Pixels and frames per second; `null` for a sound, and where the browser does not tell. */
      readonly picture: Capture['picture'];
      /** Whether a preview shows it as in a mirror. */
      readonly isMirrored: boolean;
      /** The content of a screen, which may stand still for as long as it likes; `null` of all else. */
      readonly screen: ScreenContent | null;
      /** Why silence goes out in place of the source that is missing; `null` where none is. */
      readonly lost: BroadcastError | null;
    }
  | { readonly status: 'failed'; readonly error: BroadcastError };

/** Where the picture stands that a slate goes out for. */
export type SlateCause = 'muted' | 'opening' | 'failed' | 'off' | 'excluded';

/** The outgoing media of each kind. */
export interface Outgoing {
  readonly video: OutgoingMedia;
  readonly audio: OutgoingMedia;
}

/** As much of the state as the outgoing media depend on. */
export type OutgoingState = Pick<BroadcasterState, SourceKind | 'sound' | 'connection' | 'picture'>;

/**
 * The outgoing media now: the only authority on it. A drawn picture goes before a source. Of several
 * sources of one kind of media that one is taken which is furthest on, and of those the first in the
 * table; the sound is mixed where it has to be. A member is the same object as long as its source is.
 */
export function selectOutgoing(state: OutgoingState): Outgoing {
  return { video: pictureOf(state), audio: soundOf(state) };
}

/** Whether a picture is to be drawn now, for a scene or as a slate. */
export function wantsDrawing(state: OutgoingState): boolean {
  const { scene, drawing } = state.picture;
  if (drawing.status === 'failed') return false;
  return slateCause(state) !== null || (scene !== null && shownCapture(state) !== null);
}

/** Why a slate is to go out; `null` where it is not. A broadcast that had a picture never goes without. */
export function slateCause(state: OutgoingState): SlateCause | null {
  const best = bestOf(state, 'video');
  const status = statusOf(best, state);
  if (shownCapture(state) !== null) return null;
  if (state[best].muted && (status === 'on' || status === 'paused')) return 'muted';
  if (!isBroadcasting(state.connection) || state.picture.last === null) return null;
  // A device that another app, or the system, holds gives nothing for as long.
  return status === 'on' || status === 'paused' ? 'failed' : status;
}

/** The source whose picture viewers see, drawn or not; `null` where they see none. */
export function shownCapture(state: OutgoingState): Capture | null {
  const source = state[bestOf(state, 'video')];
  if (source.status !== 'on' || source.muted) return null;
  return source.interrupted && isBroadcasting(state.connection) ? null : source.capture;
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

/**
 * A screen that is not shared leaves everything as it is without it. While the person chooses one it
 * is waited for only where there is no camera to begin with.
 */
function statusOf(kind: SourceKind, state: Readonly<Record<SourceKind, Source>>): Source['status'] {
  const { status } = state[kind];
  if (kind !== 'screen' || status === 'on') return status;
  return status === 'opening' && state.camera.status === 'excluded' ? status : 'excluded';
}

const FURTHEST_FIRST: readonly Source['status'][] = [
  'on',
  'paused',
  'opening',
  'failed',
  'off',
  'excluded',
];

const KINDS_OF = {
  video: SOURCE_KINDS.filter((kind) => MEDIA_OF[kind] === 'video'),
  audio: SOURCE_KINDS.filter((kind) => MEDIA_OF[kind] === 'audio'),
};

function bestOf(state: OutgoingState, media: keyof Outgoing): SourceKind {
  let best: SourceKind = media === 'video' ? 'camera' : 'microphone';
  let least = FURTHEST_FIRST.length;
  for (const kind of KINDS_OF[media]) {
    const rank = FURTHEST_FIRST.indexOf(statusOf(kind, state));
    if (rank >= least) continue;
    best = kind;
    least = rank;
  }
  return best;
}

function pictureOf(state: OutgoingState): OutgoingMedia {
  const source = mediaOf(state, 'video');
  const { drawing } = state.picture;
  const cause = slateCause(state);
  if (drawing.status === 'on' && wantsDrawing(state)) {
    const isCamera = state.picture.scene?.layout === 'camera';
    const screen = isCamera ? null : (shownCapture(state)?.content ?? null);
    const { track, picture } = drawing;
    const lost = source.status === 'failed' ? source.error : null;
    return made(track, {
      label: '',
      muted: cause === 'muted',
      lost,
      slateFor: cause,
      picture,
      screen,
    });
  }
  if (cause === null || source.status === 'on' || drawing.status === 'on') return source;
  // A slate that is not there yet will be.
  if (drawing.status === 'unused') return OPENING;
  return cause === 'muted' ? { status: 'failed', error: drawing.error } : source;
}

/** Until the mix is there, and where there is none, the first input goes out as it is. */
function soundOf(state: OutgoingState): OutgoingMedia {
  const { sound, connection, microphone } = state;
  const straight = mediaOf(state, 'audio');
  if (sound.mix.status === 'on') {
    const inputs = soundInputsOf(state);
    const isMuted = inputs.every(({ id }) => id === 'microphone' && microphone.muted);
    const label = straight.status === 'on' ? straight.label : '';
    const lost = inputs.length === 0 ? whyLost(microphone) : null;
    return made(sound.mix.track, { label, muted: isMuted, lost });
  }
  // A microphone that opens is waited for, as long as there is nobody to hear the others.
  const isDue = straight.status === 'opening' && !isBroadcasting(connection);
  if (straight.status === 'on' || isDue) return straight;
  const [input] = soundInputsOf(state);
  if (input === undefined) return straight;
  return made(input.track, { label: '', muted: false, lost: null });
}

function whyLost(source: Source): BroadcastError | null {
  if (source.status === 'opening') return source.after;
  return source.status === 'failed' ? source.error : null;
}

const madeMedia = new WeakMap<MediaStreamTrack, OutgoingMedia>();

/** One object for what is mixed or drawn, however often it is requested. */
function made(
  track: MediaStreamTrack,
  of: Pick<SentMediaOn, 'label' | 'muted' | 'lost'> & Partial<SentMediaOn>,
): OutgoingMedia {
  const media: OutgoingMedia = {
    status: 'on',
    track,
    slateFor: null,
    picture: null,
    // A text in a mirror is no text.
    isMirrored: false,
    screen: null,
    ...of,
  };
  const known = madeMedia.get(track);
  if (known !== undefined && isSame(known, media)) return known;
  madeMedia.set(track, media);
  return media;
}

type SentMediaOn = Extract<OutgoingMedia, { status: 'on' }>;

const OPENING: OutgoingMedia = { status: 'opening' };

/** One object for each source, and each drawing, however often it is requested. */
const remembered = ofEachSource(() => new WeakMap<Source, OutgoingMedia>());

function mediaOf(state: OutgoingState, media: keyof Outgoing): OutgoingMedia {
  const kind = bestOf(state, media);
  const source = state[kind];
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
    return {
      status,
      track,
      label,
      muted,
      slateFor: null,
      picture,
      isMirrored,
      screen: content,
      lost: null,
    };
  }
  if (status === 'paused') return OPENING;
  if (kind === 'screen') return { status: status === 'opening' ? status : 'excluded' };
  return status === 'failed' ? { status, error: source.error } : { status };
}
