/** One change of a key: its new text, or `undefined` to delete it. */
export type Write = readonly [key: string, value: string | undefined];

/** Puts writes on disk in their order, many at a time. */
export interface WriteQueue {
  /** Takes a write; it is under way when this returns. */
  add(write: Write): void;
  /** Resolves when everything taken so far is on disk; rejects if the last of it could not be written. */
  flushed(): Promise<void>;
}

/**
 * `commit` puts a batch on disk, all of it or nothing. A batch that it rejects goes along with the next
 * batch. While one batch is written the next one gathers, so that a sync is shared.
 */
export function createWriteQueue(commit: (writes: readonly Write[]) => Promise<void>): WriteQueue {
  let gathering: Map<string, string | undefined> | undefined;
  let failed: readonly Write[] = [];
  let last: Promise<void> = Promise.resolve();

  const write = async (batch: ReadonlyMap<string, string | undefined>) => {
    const writes = [...new Map([...failed, ...batch])];
    failed = [];
    try {
      await commit(writes);
    } catch (error) {
      failed = writes;
      throw error;
    }
  };
  return {
    add([key, value]) {
      if (gathering === undefined) {
        const batch = new Map<string, string | undefined>();
        gathering = batch;
        last = last
          .catch(() => {})
          .then(() => {
            gathering = undefined;
            return write(batch);
          });
        // Whoever needs to know asks `flushed`.
        last.catch(() => {});
      }
      gathering.set(key, value);
    },
    flushed: () => last,
  };
}
