/** Work that must be running while the state says so; `key` tells one piece of work from the next. */
export interface Work {
  readonly key: string;
  /** Runs until done or until `signal` aborts, and cleans up after itself before it settles. */
  run(signal: AbortSignal): Promise<void>;
}

/** Where one kind of work runs, one piece at a time. */
export interface WorkSlot {
  /** Resolves when everything that was aborted so far has cleaned up. Never rejects. */
  drained(): Promise<void>;
}

/**
 * Keeps the work that `workFor` names running as `source` changes: starts it, aborts it when the
 * answer changes, and lets new work wait for the clean-up of the old.
 */
export function runWork(
  source: { subscribe(listener: () => void): () => void },
  workFor: () => Work | null,
  onCrash: (thrown: unknown) => void,
): WorkSlot {
  let current: { readonly key: string; readonly controller: AbortController } | null = null;
  let drained: Promise<void> = Promise.resolve();
  let tail: Promise<void> = drained;

  const update = () => {
    const wanted = workFor();
    if (wanted?.key === current?.key) return;
    current?.controller.abort();
    current = null;
    drained = tail;
    if (wanted === null) return;
    const controller = new AbortController();
    current = { key: wanted.key, controller };
    tail = drained
      .then(() => (controller.signal.aborted ? undefined : wanted.run(controller.signal)))
      .catch(onCrash);
  };

  source.subscribe(update);
  return { drained: () => drained };
}
