import type { BroadcastError } from './errors.js';
import { toBroadcastError } from './errors.js';
import { LOADS_WITHIN_MS } from './foundation/kept-part.js';
import { within } from './foundation/time.js';
import { notLoaded } from './signaling/not-loaded.js';
import type { Capturing } from './sources/source-kinds.js';

let part: Capturing | null = null;
let loading: Promise<Capturing> | null = null;

/**
 * Loads the code that opens devices, where it is not there yet; once for all broadcasters of the
 * page.
 * @throws BroadcastError `unreachable` where it cannot be had; the next call tries again.
 */
export function loadCapturing(
  load: () => Promise<Capturing> = () => import('./sources/capturing.js'),
): Promise<Capturing> {
  loading ??= load().then(
    (loaded) => {
      part = loaded;
      return loaded;
    },
    (thrown: unknown) => {
      loading = null;
      throw notLoaded(thrown);
    },
  );
  return loading;
}

/**
 * Runs `use` with that code, at once where it is there. `onMissing` is told why it cannot be had.
 */
export async function withCapturing(
  use: (capturing: Capturing) => Promise<void>,
  onMissing: (error: BroadcastError) => void,
  signal: AbortSignal,
): Promise<void> {
  if (part !== null) return use(part);
  try {
    await within(loadCapturing(), LOADS_WITHIN_MS, notLoaded, signal);
  } catch (thrown) {
    if (!signal.aborted) onMissing(toBroadcastError(thrown));
    return;
  }
  if (part !== null && !signal.aborted) await use(part);
}
