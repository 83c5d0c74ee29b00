import { useEffect, useMemo, useState } from 'react';
import type { BroadcasterOptions } from '../src/index.js';

/** A chord, quiet enough to talk over: A major in just intonation, in hertz. */
const CHORD_HZ = [220, 275, 330] as const;

/** A sound of the page's own, as an app would hand over music or a guest. */
export interface Song {
  readonly isPlaying: boolean;
  /** For the option of the broadcaster. */
  readonly sounds: NonNullable<BroadcasterOptions['sounds']>;
  toggle(): void;
}

/** Plays it from one press to the next; needs the press, for browsers make no sound before one. */
export function useSong(): Song {
  const [context, setContext] = useState<AudioContext | null>(null);
  useEffect(() => () => void context?.close(), [context]);
  const sounds = useMemo(() => {
    if (context === null) return [];
    const [out, volume] = [context.createMediaStreamDestination(), context.createGain()];
    volume.gain.value = 0.08;
    volume.connect(out);
    for (const hz of CHORD_HZ) {
      const tone = new OscillatorNode(context, { frequency: hz });
      tone.connect(volume);
      tone.start();
    }
    return [{ id: 'song', track: out.stream }];
  }, [context]);
  const toggle = () => setContext((before) => (before === null ? new AudioContext() : null));
  return { isPlaying: context !== null, sounds, toggle };
}
