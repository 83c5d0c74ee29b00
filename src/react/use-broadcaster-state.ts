'use client';

import { useMemo, useSyncExternalStore } from 'react';
import type { BroadcasterInstance, BroadcasterState } from '../core/index.js';
import { INITIAL_STATE } from '../core/index.js';
import { useBroadcasterFromContext } from './context.js';

/**
 * The result of `selector` on the broadcaster's state; renders again only when that changes.
 * Without a `broadcaster` it reads the one of the `<Broadcaster.Root>` above.
 */
export function useBroadcasterState<Selected>(
  selector: (state: BroadcasterState) => Selected,
  broadcaster?: BroadcasterInstance,
): Selected {
  const { subscribe, getSnapshot } = useBroadcasterFromContext('useBroadcasterState', broadcaster);
  const [select, selectOnServer] = useMemo(() => {
    // A selector that makes a new object each time would render for ever without this memory.
    let known: { readonly state: BroadcasterState; readonly selected: Selected } | null = null;
    const remember = (state: BroadcasterState): Selected => {
      if (known?.state !== state) known = { state, selected: selector(state) };
      return known.selected;
    };
    return [() => remember(getSnapshot()), () => remember(INITIAL_STATE)] as const;
  }, [selector, getSnapshot]);
  return useSyncExternalStore(subscribe, select, selectOnServer);
}
