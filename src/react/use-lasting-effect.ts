import { useEffect, useRef } from 'react';
import type { Broadcaster } from '../core/index.js';

/** Acts once for each broadcaster, as soon as it is wanted by a component that stays mounted. */
export function useLastingEffect(
  isWanted: boolean,
  act: () => void,
  broadcaster: Broadcaster,
): void {
  const latest = useRef(act);
  useEffect(() => {
    latest.current = act;
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another broadcaster has to be asked anew.
  useEffect(() => {
    if (!isWanted) return undefined;
    let isMounted = true;
    // StrictMode takes the first mount back at once; only the one that lasts acts.
    queueMicrotask(() => {
      if (isMounted) latest.current();
    });
    return () => {
      isMounted = false;
    };
  }, [isWanted, broadcaster]);
}
