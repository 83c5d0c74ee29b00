import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** How much a store was known to hold. */
export interface Kept {
  /** Batches of changes that were written, since the beginning. */
  readonly changes: number;
  /** Streams that are kept. */
  readonly streams: number;
}

/** Beside a store, and written after it, what has to be found in it again. */
export interface StoreLedger {
  /** The last note; `undefined` where nothing was noted, `unreadable` where the note is damaged. */
  read(): Promise<Kept | 'unreadable' | undefined>;
  /** A note that cannot be written is one that says too little. Never rejects. */
  write(kept: Kept): Promise<void>;
}

/** The ledger of the store in this directory. */
export function createStoreLedger(directory: string): StoreLedger {
  const file = join(directory, 'ledger.json');
  return {
    async read() {
      const text = await readFile(file, 'utf8').catch(() => undefined);
      return text === undefined ? undefined : parse(text);
    },
    async write({ changes, streams }) {
      const partial = `${file}.partial`;
      await writeFile(partial, JSON.stringify({ changes, streams }))
        .then(() => rename(partial, file))
        .catch(() => {});
    },
  };
}

function parse(text: string): Kept | 'unreadable' {
  try {
    const { changes, streams }: Record<string, unknown> = Object(JSON.parse(text));
    return isCount(changes) && isCount(streams) ? { changes, streams } : 'unreadable';
  } catch {
    return 'unreadable';
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
