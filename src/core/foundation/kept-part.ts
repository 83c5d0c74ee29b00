import { within } from './time.js';

/** How long a part may be on its way, in milliseconds. */
export const LOADS_WITHIN_MS = 10_000;

/**
 * Loads a part of the kit once, when it is first asked for, and keeps it; one that failed to load is
 * asked for again the next time. The returned function rejects with `notLoaded()` where the part
 * cannot be had, and with the signal's reason.
 */
export function keptPart<Part>(
  load: () => Promise<Part>,
  notLoaded: (cause?: unknown) => Error,
): (signal: AbortSignal) => Promise<Part> {
  let loading: Promise<Part> | null = null;
  return (signal) => {
    loading ??= load().catch((thrown: unknown) => {
      loading = null;
      throw notLoaded(thrown);
    });
    return within(loading, LOADS_WITHIN_MS, notLoaded, signal);
  };
}
