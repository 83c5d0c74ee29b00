import { KEEP_FILES } from './foundation/keep-files.js';
import type { Log } from './foundation/logger.js';

/** The code that a broadcast needs only once it is live. */
export type OnceLive = Pick<
  typeof import('./once-live.js'),
  'keepScreenOn' | 'openPictureEye' | 'pollStats' | 'watchPressure'
>;

/** Runs `use` with the part that is loaded once live; not at all where that cannot be had. */
export type UseOnceLive = (
  use: (part: OnceLive) => Promise<void>,
  signal: AbortSignal,
) => Promise<void>;

/**
 * Loads that part when a broadcast first needs it. A page that was left open may not find it on its
 * server any more, and a content policy may forbid it: the broadcast goes on without, the log says so,
 * and the next use tries again.
 */
export function createOnceLive(
  log: Log,
  load: () => Promise<OnceLive> = () => import('./once-live.js'),
): UseOnceLive {
  let loading: Promise<OnceLive | null> | null = null;
  const loaded = () => {
    loading ??= load().catch(() => {
      loading = null;
      log(
        'warn',
        `A file of the kit could not be loaded. The broadcast goes on without statistics, does not adapt to a busy machine, and the screen may go off. ${KEEP_FILES}`,
      );
      return null;
    });
    return loading;
  };
  return async (use, signal) => {
    const part = await loaded();
    if (part !== null && !signal.aborted) await use(part);
  };
}
