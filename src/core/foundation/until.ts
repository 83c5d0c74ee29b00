/**
 * Resolves as soon as the state satisfies `condition`, at once if it already does; rejects with the
 * signal's reason if that aborts first.
 */
export function until<State>(
  store: { getSnapshot(): State; subscribe(listener: () => void): () => void },
  condition: (state: State) => boolean,
  signal?: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = new AbortController();
    const check = () => {
      if (signal?.aborted) reject(signal.reason);
      else if (condition(store.getSnapshot())) resolve();
      else return;
      unsubscribe();
      done.abort();
    };
    const unsubscribe = store.subscribe(check);
    signal?.addEventListener('abort', check, { signal: done.signal });
    check();
  });
}
