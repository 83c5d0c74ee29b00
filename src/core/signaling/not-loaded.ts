import { BroadcastError } from '../errors.js';
import { KEEP_FILES } from '../foundation/keep-files.js';

/** Why a part of the kit that is loaded on use cannot be used. */
export function notLoaded(cause?: unknown): BroadcastError {
  return new BroadcastError(
    'unreachable',
    `A file of the kit could not be loaded. Check the network and reload the page. ${KEEP_FILES}`,
    { cause },
  );
}
