import { useEffect, useRef } from 'react';

/** Acts once for each `owner`, as soon as it is wanted by a component that stays mounted. */
export function useLastingEffect(isWanted: boolean, act: () => unknown, owner: unknown): void {
  const latest = useRef(act);
  useEffect(() => {
    latest.current = act;
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another owner has to be asked anew.
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
  }, [isWanted, owner]);
}
