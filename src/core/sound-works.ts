import { toBroadcastError } from './errors.js';
import type { BroadcasterEvent } from './events.js';
import type { Log } from './foundation/logger.js';
import type { Work } from './foundation/run-work.js';
import { loadMixing } from './load-mixing.js';
import type { LevelMeterOptions } from './sound/level.js';
import type { SoundWarning } from './sound/sound.js';
import { isMixWanted, soundInputsOf } from './sound-inputs.js';
import type { BroadcasterState } from './state.js';

/** The context of the work of the sound. */
export interface SoundWorkContext {
  readonly store: {
    getSnapshot(): BroadcasterState;
    subscribe(listener: () => void): () => void;
  };
  dispatch(event: BroadcasterEvent): void;
  readonly log: Log;
  readonly load?: typeof loadMixing;
}

/** The mix that the sound wants. One that is heard ends by itself, when another track takes its place. */
export function mixWork({
  store,
  dispatch,
  log,
  load = loadMixing,
}: SoundWorkContext): Work | null {
  const { getSnapshot, subscribe } = store;
  const isWanted = () => isMixWanted(getSnapshot());
  if (!isWanted() && getSnapshot().sound.mix.status !== 'on') return null;
  const warn = (message: string) => log('warn', message);
  return {
    key: 'mix',
    async run(signal) {
      try {
        const { runMix } = await load();
        const inputs = () => soundInputsOf(getSnapshot());
        if (!signal.aborted) await runMix({ inputs, isWanted, subscribe, dispatch, warn }, signal);
      } catch (thrown) {
        if (signal.aborted) return;
        const error = toBroadcastError(thrown);
        warn(error.message);
        dispatch({ type: 'mix-changed', mix: { status: 'failed', error } });
      }
    },
  };
}

/** Listens to the microphone, while it is open and anybody wants to be warned. */
export function hearingWork(
  { store, dispatch }: Pick<SoundWorkContext, 'store' | 'dispatch'>,
  meter: () => LevelMeterOptions,
): Work | null {
  const { sound, microphone } = store.getSnapshot();
  if (!sound.isWatched || microphone.status !== 'on') return null;
  const { request, muted: isMuted, capture } = microphone;
  const { track } = capture;
  return {
    key: `hear:${request}:${track.id}:${isMuted}`,
    async run(signal) {
      try {
        const { watchSound } = await import('./sound/watch-sound.js');
        const onWarning = (warning: SoundWarning | null) =>
          dispatch({ type: 'sound-warned', warning });
        if (!signal.aborted) await watchSound({ ...meter(), track, isMuted }, onWarning, signal);
      } catch {
        // No Web Audio, or a file that is gone: nobody is warned, and the broadcast goes on.
      }
    },
  };
}
