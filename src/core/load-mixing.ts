import { notLoaded } from './signaling/not-loaded.js';

/** The code that mixes, which most broadcasts never need. */
export type Mixing = Pick<typeof import('./sound/run-mix.js'), 'runMix'>;

/** Loads it. @throws BroadcastError `unreachable` where it cannot be had. */
export function loadMixing(): Promise<Mixing> {
  return import('./sound/run-mix.js').catch((cause) => {
    throw notLoaded(cause);
  });
}
