import type { BroadcastError } from '../errors.js';
import { isFiniteNumber, isString } from '../foundation/guards.js';
import type { Stamp } from '../foundation/stamp.js';

/** How the sound that goes out is made, and what is noticed about it. */
export interface Sound {
  /** The sounds of the app that can be heard, as the option `sounds` gave them. */
  readonly inputs: readonly AppSound[];
  /** How loud each input is, by `microphone`, `screen`, or the id of a sound; 1 where it has no entry. */
  readonly gains: Readonly<Record<string, number>>;
  readonly mix: Mix;
  /** Whether anybody wants to know of `warning`. */
  readonly isWatched: boolean;
  /** The warning about the microphone; `null` for none, and while nobody asks. */
  readonly warning: SoundWarning | null;
}

/** A sound of the app. The track stays the app's own: the kit never stops it. */
export interface AppSound {
  readonly id: string;
  readonly track: MediaStreamTrack;
}

/** The graph that mixes the inputs (W3C Web Audio). */
export type Mix =
  /** There is none: the only input goes out as it is. */
  | { readonly status: 'straight' }
  /** `track` goes out, with all inputs in it, or silence. It belongs to the broadcaster. */
  | { readonly status: 'on'; readonly track: MediaStreamTrack }
  /**
   * The browser holds the sound back, until a gesture or the end of a call; the first input, which
   * is most often the microphone, goes out as it is meanwhile.
   */
  | { readonly status: 'suspended' }
  /** The first input goes out as it is. */
  | { readonly status: 'failed'; readonly error: BroadcastError };

/** The warnings about a microphone. */
export type SoundWarning =
  /** It is not muted, and gave no sound for five seconds. */
  | 'silent'
  /** The person speaks, and nobody hears it. */
  | 'speaking-while-muted'
  /** It is too loud, and what is sent is distorted. */
  | 'clipping';

/** Everything that can happen to the sound. */
export type SoundEvent =
  | { readonly type: 'sounds-given'; readonly inputs: readonly AppSound[] }
  | { readonly type: 'gain-set'; readonly input: string; readonly gain: number }
  /** A track of the app ended, or cannot be mixed. */
  | { readonly type: 'sound-ended'; readonly track: MediaStreamTrack }
  | { readonly type: 'mix-changed'; readonly mix: Mix }
  | { readonly type: 'sound-watched'; readonly isWatched: boolean }
  | { readonly type: 'sound-warned'; readonly warning: SoundWarning | null };

/** No graph. */
export const STRAIGHT: Mix = { status: 'straight' };

/** The sound of a broadcaster that was never used. */
export const INITIAL_SOUND: Sound = {
  inputs: [],
  gains: {},
  mix: STRAIGHT,
  isWatched: false,
  warning: null,
};

/** The sound after `event`; the same reference where nothing changes. */
export function soundTransition(sound: Sound, event: SoundEvent & Stamp): Sound {
  switch (event.type) {
    case 'sounds-given':
      return { ...sound, inputs: event.inputs };
    case 'sound-ended':
      return { ...sound, inputs: sound.inputs.filter(({ track }) => track !== event.track) };
    case 'gain-set': {
      if (gainOf(sound, event.input) === event.gain) return sound;
      const { [event.input]: _, ...others } = sound.gains;
      return {
        ...sound,
        gains: event.gain === 1 ? others : { ...others, [event.input]: event.gain },
      };
    }
    case 'mix-changed':
      return { ...sound, mix: event.mix };
    case 'sound-watched':
      return sound.isWatched === event.isWatched ? sound : { ...sound, isWatched: event.isWatched };
    case 'sound-warned':
      return { ...sound, warning: event.warning };
  }
}

/** How loud this input is: 0 is silent, 1 is as it comes. */
export function gainOf({ gains }: Sound, input: string): number {
  return Object.hasOwn(gains, input) ? (gains[input] ?? 1) : 1;
}

/** The most that an input can be raised: 12 dB. */
const MOST_GAIN = 4;

/** Whether it is a gain that can be set. */
export function isGain(value: unknown): value is number {
  return isFiniteNumber(value) && value >= 0 && value <= MOST_GAIN;
}

/** The words for what passes. */
export const GAIN_WORDS = `number from 0 to ${MOST_GAIN}`;

/** One entry of the option `sounds`, as the app writes it. */
export interface SoundOptions {
  /** Tells it from the others, for `setGain`; neither `microphone` nor `screen`. */
  readonly id: string;
  /**
   * A live audio track, or a stream, of which the first one is taken. It stays the app's: the kit
   * never stops it, and leaves it out once it has ended.
   */
  readonly track: MediaStreamTrack | MediaStream;
  /** 0 is silent, 1, the default, as it comes, 4 the most. */
  readonly gain?: number | undefined;
}

/** An entry that was checked. */
export interface CheckedSound extends AppSound {
  readonly gain: number;
}

/**
 * The entries that can be used; the broadcast goes on without the others, and `complain` is told. One
 * whose track has ended is left out without a word, as it is when it ends.
 */
export function checkSounds(
  given: readonly unknown[],
  complain: (message: string) => void,
): readonly CheckedSound[] {
  const taken: unknown[] = ['microphone', 'screen', ''];
  return given.flatMap((entry, at) => {
    const { id, track: wish, gain }: Partial<SoundOptions> = Object(entry);
    // Told by what it can do: one that comes from a frame is of another class.
    const track = ((wish as MediaStream)?.getAudioTracks?.()[0] ?? wish) as MediaStreamTrack;
    const isUsable = isString(id) && !taken.includes(id) && track?.kind === 'audio';
    if (!isUsable || !isGain(gain ?? 1)) {
      complain(
        `The option sounds[${at}] needs an id of its own, an audio track or a stream with one, and as its gain a ${GAIN_WORDS}; the rest is left out.`,
      );
    }
    if (!isUsable || track.readyState === 'ended') return [];
    taken.push(id);
    return [{ id, track, gain: isGain(gain) ? gain : 1 }];
  });
}
