import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import type { ClassicLevel } from 'classic-level';
import type { EventLog } from '../streams/ingest-events.js';
import type { RulesClock } from '../streams/rules-clock.js';
import { createStoreLedger, type Kept } from './store-ledger.js';
import { formatStoredStream, parseStoredStream, type StoredStream } from './stored-stream.js';
import { createWriteQueue, type Write } from './write-queue.js';

const SECRET = 'secret';
const STREAM = 'stream!';
/** How many batches were written, as {@link Kept} counts them. */
const CHANGES = 'changes';

/** The streams that outlive the process; without a directory, none does. */
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
 * that cannot be read becomes an event and stays as it is, and so does what was kept and is missing.
 * Changes that could not be written are written before anything else is.
 */
export async function openStreamStore(
  directory: string,
  { clock, events }: { readonly clock: RulesClock; readonly events: EventLog },
): Promise<StreamStore> {
  const { ClassicLevel } = await loadClassicLevel();
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const database = await open(new ClassicLevel(directory), directory);
  const ledger = createStoreLedger(directory);
  const streams = new Set<string>();
  let changes = 0;
  let hasFailed = false;
  const queue = createWriteQueue(async (writes) => {
    try {
      // Behind a record that was written in part LevelDB takes more, and loses it at the next start.
      if (hasFailed) await reopen(database);
      const count = { type: 'put' as const, key: CHANGES, value: String(changes + 1) };
      await database.batch([...writes.map(operationOf), count], { sync: true });
    } catch (cause) {
      if (!hasFailed) events.add('store-failed', 'Changes could not be written to disk');
      hasFailed = true;
      throw new Error(
        `The ingest cannot write to ${directory}. See whether the disk is full or read-only.`,
        { cause },
      );
    }
    if (hasFailed) events.add('store-mended', 'Changes are written to disk again');
    hasFailed = false;
    changes += 1;
    for (const [key, value] of writes) {
      if (value === undefined) streams.delete(key);
      else if (key.startsWith(STREAM)) streams.add(key);
    }
    await ledger.write({ changes, streams: streams.size });
  });

  const found: StoredStream[] = [];
  let secret: string | undefined;
  const read = (key: string, text: string) => {
    if (key === SECRET && /^[\da-f]{64}$/.test(text)) secret = text;
    if (key === CHANGES) changes = Number(text);
    if (!key.startsWith(STREAM)) return;
    streams.add(key);
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
    const damage = damageOf({ changes, streams: streams.size }, await ledger.read());
    if (damage !== undefined) events.add('store-damaged', damage);
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

async function reopen(database: ClassicLevel<string, string>): Promise<void> {
  await database.close();
  await database.open();
}

/** Says in words which stored streams are missing; `undefined` if none is. */
function damageOf(found: Kept, noted: Kept | 'unreadable' | undefined): string | undefined {
  if (noted === undefined) return undefined;
  if (noted === 'unreadable') {
    return 'The count of what was kept cannot be read; whether all of it is there is not known';
  }
  const lost = noted.changes - found.changes;
  if (lost <= 0) return undefined;
  return `The last ${lost} changes that were kept are missing: ${found.streams} streams are there of ${noted.streams}. The files in the directory were damaged`;
}

function operationOf([key, value]: Write) {
  return value === undefined ? { type: 'del' as const, key } : { type: 'put' as const, key, value };
}

function newSecret(): string {
  return randomBytes(32).toString('hex');
}

/** Its binary is there for the usual systems only, so npm goes on where it cannot be installed. */
async function loadClassicLevel(): Promise<typeof import('classic-level')> {
  try {
    return await import('classic-level');
  } catch (cause) {
    throw new Error(
      'To keep streams in a directory, the local ingest needs the package classic-level, which npm could not install on this machine. Install the tools that compile it (https://github.com/nodejs/node-gyp#installation), then this package again; or leave the directory out.',
      { cause },
    );
  }
}
