import { isBroadcasting } from './connection/connection.js';
import type { BroadcastError } from './errors.js';
import { isSame } from './foundation/same.js';
import type { SoundState } from './sound-inputs.js';
import { soundInputsOf } from './sound-inputs.js';
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
      /** Why silence goes out in place of the source that is missing; `null` where none is. */
      readonly lost: BroadcastError | null;
    }
  | { readonly status: 'failed'; readonly error: BroadcastError };

/** The outgoing media of each kind. */
export interface Outgoing {
  readonly video: OutgoingMedia;
  readonly audio: OutgoingMedia;
}

/**
 * The outgoing media now: the only authority on it. Of several sources of one kind of media that
 * one is taken which is furthest on, and of those the first in the table; the sound is mixed where
 * it has to be. A member is the same object as long as its source is.
 */
export function selectOutgoing(state: SoundState): Outgoing {
  return { video: mediaOf(state, 'video'), audio: soundOf(state) };
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

const FURTHEST_FIRST: readonly Source['status'][] = ['on', 'opening', 'failed', 'off', 'excluded'];

function mediaOf(
  state: Readonly<Record<SourceKind, Source>>,
  media: keyof Outgoing,
): OutgoingMedia {
  const kinds = SOURCE_KINDS.filter((kind) => MEDIA_OF[kind] === media);
  for (const status of FURTHEST_FIRST) {
    const kind = kinds.find((one) => statusOf(one, state) === status);
    if (kind !== undefined) return outgoing(kind, state[kind]);
  }
  return { status: 'excluded' };
}

/** Until the mix is there, and where there is none, the first input goes out as it is. */
function soundOf(state: SoundState): OutgoingMedia {
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

const madeSounds = new WeakMap<MediaStreamTrack, OutgoingMedia>();

/** One object for each sound, however often it is requested. */
function made(
  track: MediaStreamTrack,
  of: { readonly label: string; readonly muted: boolean; readonly lost: BroadcastError | null },
): OutgoingMedia {
  const media: OutgoingMedia = {
    status: 'on',
    track,
    ...of,
    picture: null,
    isMirrored: false,
    screen: null,
  };
  const known = madeSounds.get(track);
  if (known !== undefined && isSame(known, media)) return known;
  madeSounds.set(track, media);
  return media;
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
    return { status, track, label, muted, picture, isMirrored, screen: content, lost: null };
  }
  if (kind === 'screen') return { status: status === 'opening' ? status : 'excluded' };
  return status === 'failed' ? { status, error: source.error } : { status };
}
