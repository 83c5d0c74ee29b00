import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import type { ClassicLevel } from 'classic-level';
import type { EventLog } from './ingest-events.js';
import { loadClassicLevel } from './packages.js';
import type { RulesClock } from './rules-clock.js';
import { formatStoredStream, parseStoredStream, type StoredStream } from './stored-stream.js';
import { createWriteQueue, type Write } from './write-queue.js';

const SECRET = 'secret';
const STREAM = 'stream!';

/** What outlives the process, or does not if there is no directory. */
export interface StreamStore {
  /** Signs access tokens, so that they outlive it too. */
  readonly secret: string;
  /** The streams of earlier processes, in the order of their creation. */
  readonly found: readonly StoredStream[];
  /** Keeps a stream as it is now; one that is deleted is kept until its callbacks are delivered. */
  save(stream: StoredStream): void;
  /** Resolves when everything saved is on disk. Rejects with an `Error` if it could not be written. */
  flushed(): Promise<void>;
  /** Writes what is left and lets go of the directory. */
  close(): Promise<void>;
}

/** A store that forgets. */
export function createMemoryStore(): StreamStore {
  return {
    secret: newSecret(),
    found: [],
    save() {},
    flushed: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

/**
 * A store in `directory`, which is made if it is not there and belongs to one process at a time: the
 * keys in it are credentials. Rejects when another process has it or it cannot be read. A record
 * that cannot be read becomes an event and stays as it is.
 */
export async function openStreamStore(
  directory: string,
  { clock, events }: { readonly clock: RulesClock; readonly events: EventLog },
): Promise<StreamStore> {
  const { ClassicLevel } = await loadClassicLevel();
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const database = await open(new ClassicLevel(directory), directory);
  const queue = createWriteQueue(async (writes) => {
    try {
      await database.batch(writes.map(operationOf), { sync: true });
    } catch (cause) {
      events.add('store-failed', 'Changes could not be written to disk');
      throw new Error(
        `The ingest cannot write to ${directory}. See whether the disk is full or read-only.`,
        { cause },
      );
    }
  });

  const found: StoredStream[] = [];
  let secret: string | undefined;
  const read = (key: string, text: string) => {
    if (key === SECRET && /^[\da-f]{64}$/.test(text)) secret = text;
    if (!key.startsWith(STREAM)) return;
    try {
      const stored = parseStoredStream(text, clock);
      if (key !== STREAM + stored.record.id) throw new RangeError('It is kept as another stream.');
      found.push(stored);
    } catch {
      const text = 'A stored stream cannot be read; it is left alone';
      events.add('record-unreadable', text, key.slice(STREAM.length));
    }
  };
  try {
    for await (const [key, text] of database.iterator()) read(key, text);
    if (secret === undefined) {
      secret = newSecret();
      queue.add([SECRET, secret]);
      await queue.flushed();
    }
  } catch (error) {
    await database.close();
    throw error;
  }
  found.sort((one, other) => one.record.createdAt - other.record.createdAt);

  return {
    secret,
    found,
    save(stream) {
      const { record, calls } = stream;
      const isOver = record.life.status === 'deleted' && calls.length === 0;
      queue.add([STREAM + record.id, isOver ? undefined : formatStoredStream(stream, clock)]);
    },
    flushed: queue.flushed,
    async close() {
      await queue.flushed().catch(() => {});
      await database.close();
    },
  };
}

async function open(
  database: ClassicLevel<string, string>,
  directory: string,
): Promise<ClassicLevel<string, string>> {
  try {
    await database.open();
    return database;
  } catch (cause) {
    const { code } = (cause instanceof Error ? cause.cause : undefined) as { code?: unknown };
    const problem =
      code === 'LEVEL_LOCKED'
        ? 'Another ingest uses it: stop that one, or choose another directory.'
        : 'Its files are not those of an ingest, or are damaged: choose another directory, or delete this one.';
    throw new Error(`The ingest cannot open the directory ${directory}. ${problem}`, { cause });
  }
}

function operationOf([key, value]: Write) {
  return value === undefined ? { type: 'del' as const, key } : { type: 'put' as const, key, value };
}

function newSecret(): string {
  return randomBytes(32).toString('hex');
}
