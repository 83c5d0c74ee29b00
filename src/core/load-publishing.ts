import { keptPart } from './foundation/kept-part.js';
import { notLoaded } from './signaling/not-loaded.js';

/** The code that publishes: signaling, the peer connection, and the watch on a session. */
export type Publishing = Pick<typeof import('./publishing.js'), 'adapterOf' | 'publishSession'>;

/**
 * Hands over that part, loading it where it is not there yet.
 * @throws BroadcastError `unreachable` where it cannot be had; the signal's reason.
 */
export type LoadPublishing = (signal: AbortSignal) => Promise<Publishing>;

/** Loads that part once, and keeps it: bringing a broadcast back needs nothing that is not there. */
export function createPublishing(
  load: () => Promise<Publishing> = () => import('./publishing.js'),
): LoadPublishing {
  return keptPart(load, notLoaded);
}
