import { BroadcastError } from './errors.js';
import { KEEP_FILES } from './foundation/keep-files.js';
import { within } from './foundation/time.js';

/** What publishing takes: signaling, the peer connection, and the watch on a session. */
export type Publishing = Pick<typeof import('./publishing.js'), 'adapterOf' | 'publishSession'>;

/**
 * Hands over that part, loading it where it is not there yet.
 * @throws BroadcastError `unreachable` where it cannot be had; the signal's reason.
 */
export type LoadPublishing = (signal: AbortSignal) => Promise<Publishing>;

const LOADS_WITHIN_MS = 10_000;

/** Loads that part once, and keeps it: bringing a broadcast back needs nothing that is not there. */
export function createPublishing(
  load: () => Promise<Publishing> = () => import('./publishing.js'),
): LoadPublishing {
  let loading: Promise<Publishing> | null = null;
  return (signal) => {
    loading ??= load().catch((thrown: unknown) => {
      loading = null;
      throw notLoaded(thrown);
    });
    return within(loading, LOADS_WITHIN_MS, notLoaded, signal);
  };
}

/** A file of the kit that is loaded on use is not there. */
export function notLoaded(cause?: unknown): BroadcastError {
  return new BroadcastError(
    'unreachable',
    `A file of the kit could not be loaded. Check the network and reload the page. ${KEEP_FILES}`,
    { cause },
  );
}
