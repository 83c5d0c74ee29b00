import { KEEP_FILES } from './foundation/keep-files.js';
import { loadOnUse, type UsePart } from './foundation/load-on-use.js';
import type { Log } from './foundation/logger.js';

/** The code that a broadcast needs only once it is live. */
export type OnceLive = Pick<
  typeof import('./once-live.js'),
  'keepScreenOn' | 'openPictureEye' | 'pollStats' | 'watchPressure'
>;

/** Runs `use` with the part that is loaded once live; not at all where that cannot be had. */
export type UseOnceLive = UsePart<OnceLive>;

/** Loads that part when a broadcast first needs it. Without it the broadcast goes on, and the log says so. */
export function createOnceLive(
  log: Log,
  load: () => Promise<OnceLive> = () => import('./once-live.js'),
): UseOnceLive {
  return loadOnUse(load, () =>
    log(
      'warn',
      `A file of the kit could not be loaded. The broadcast goes on without statistics, does not adapt to a busy machine, and the screen may go off. ${KEEP_FILES}`,
    ),
  );
}
