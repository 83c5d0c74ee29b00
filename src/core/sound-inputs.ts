import { isBroadcasting } from './connection/connection.js';
import { gainOf } from './sound/sound.js';
import { MEDIA_OF, SOURCE_KINDS } from './sources/source.js';
import type { BroadcasterState } from './state.js';

/** One sound that is to be heard. */
export interface SoundInput {
  /** `microphone`, `screen`, or the id of a sound of the app. */
  readonly id: string;
  readonly track: MediaStreamTrack;
  readonly gain: number;
}

/** As much of the state as the sound depends on. */
export type SoundState = Pick<
  BroadcasterState,
  (typeof SOURCE_KINDS)[number] | 'sound' | 'connection'
>;

/** Everything that is to be heard now, the microphone first. */
export function soundInputsOf(state: SoundState): readonly SoundInput[] {
  const { sound, connection } = state;
  const tracks: { readonly id: string; readonly track: MediaStreamTrack }[] = [];
  for (const kind of SOURCE_KINDS) {
    const source = state[kind];
    if (source.status !== 'on') continue;
    const { track, sound: besides } = source.capture;
    if (MEDIA_OF[kind] === 'audio') tracks.unshift({ id: kind, track });
    if (besides) tracks.push({ id: kind, track: besides });
  }
  // Sounds of the app alone would let a page that nobody used yet prepare a session.
  const isUsed = isBroadcasting(connection) || SOURCE_KINDS.some((kind) => !isIdle(state[kind]));
  if (isUsed) tracks.push(...sound.inputs);
  return tracks.map(({ id, track }) => ({ id, track, gain: gainOf(sound, id) }));
}

/**
 * Whether the sound has to be made: another one is mixed in, the microphone is louder or softer than
 * it comes, or there is nothing left, and silence keeps the server and its players from running dry.
 */
export function isMixWanted(state: SoundState): boolean {
  const { connection, sound } = state;
  if (!isBroadcasting(connection)) return false;
  const inputs = soundInputsOf(state);
  if (inputs.length === 0) {
    return connection.status === 'live'
      ? connection.sent.audio === 'taken'
      : sound.mix.status === 'on';
  }
  return inputs.some(({ id, gain }) => id !== 'microphone' || gain !== 1);
}

function isIdle({ status }: SoundState['microphone']): boolean {
  return status === 'off' || status === 'excluded';
}
