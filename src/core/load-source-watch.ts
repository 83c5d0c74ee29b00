import { KEEP_FILES } from './foundation/keep-files.js';
import { loadOnUse, type UsePart } from './foundation/load-on-use.js';
import type { Log } from './foundation/logger.js';

/** The code that looks after sources that are open, and lists those that could be. */
export type SourceWatch = Pick<
  typeof import('./source-watch.js'),
  'keepFlowing' | 'listDevices' | 'readPermissions'
>;

/** Runs `use` with that part; not at all where it cannot be had. */
export type UseSourceWatch = UsePart<SourceWatch>;

/** Loads that part when somebody looks at the state, or a source opens. */
export function createSourceWatch(
  log: Log,
  load: () => Promise<SourceWatch> = () => import('./source-watch.js'),
): UseSourceWatch {
  return loadOnUse(load, () =>
    log(
      'warn',
      `A file of the kit could not be loaded. Devices are not listed, and one that is lost is not taken back. ${KEEP_FILES}`,
    ),
  );
}
