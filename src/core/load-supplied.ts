import { keptPart } from './foundation/kept-part.js';
import { notLoaded } from './signaling/not-loaded.js';
import type { OpenedMedia } from './sources/open-media.js';
import type { SuppliedWish } from './sources/open-supplied.js';

/** The code for what an app supplies. */
type OpenSupplied = Pick<typeof import('./sources/open-supplied.js'), 'openSupplied'>;

/**
 * Opens what an app supplies, or has a processor for, with the code for it, which is loaded when it
 * is first needed. Where that cannot be had, a device goes out as it is.
 */
export function createSuppliedOpener(
  load: () => Promise<OpenSupplied> = () => import('./sources/open-supplied.js'),
): (wish: SuppliedWish) => Promise<OpenedMedia> {
  const loaded = keptPart(load, notLoaded);
  return async (wish) => {
    const { supply, signal, openDevice } = wish;
    let part: OpenSupplied;
    try {
      part = await loaded(signal);
    } catch (thrown) {
      if (signal.aborted || (supply.source ?? null) !== null) throw thrown;
      return { ...(await openDevice(wish)), problem: notLoaded(thrown) };
    }
    return part.openSupplied(wish);
  };
}
