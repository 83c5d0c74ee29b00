import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Ingest, type IngestOptions, startIngest } from '../index.js';
import { signToken } from '../playback/json-web-token.js';
import { openCallbackReceiver } from '../testing/callback-receiver.js';
import { fetchAccessToken } from '../testing/fetch-access-token.js';
import { waitUntil } from '../testing/wait-until.js';
import { createWriteQueue, type Write } from './write-queue.js';

let directory: string;
let ingest: Ingest | undefined;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ingest-'));
});
afterEach(async () => {
  await ingest?.close();
  await rm(directory, { recursive: true, force: true });
});

async function open(options: IngestOptions = {}): Promise<Ingest> {
  await ingest?.close();
  ingest = await startIngest({ directory, ...options });
  return ingest;
}

/** Changes records behind the ingest's back. */
async function withRecords(
  work: (database: ClassicLevel<string, string>, keys: readonly string[]) => Promise<void>,
) {
  await ingest?.close();
  const database = new ClassicLevel<string, string>(directory);
  await work(database, await database.keys({ gt: 'stream!', lt: 'stream!~' }).all());
  await database.close();
}

describe('a directory', () => {
  it('keeps streams as they were, running ones with their address', async () => {
    const first = await open();
    const created = first.createStream({ name: 'One', stream_timeout: 60 });
    const started = first.openStream({ name: 'Two', callback_url: 'http://127.0.0.1:9/' });
    const stopped = first.stopStream(first.openStream({ name: 'Three' }).id);
    const again = await open();
    const moved = (url: string) => url.replace(first.webSocketUrl, again.webSocketUrl);
    expect(again.listStreams().map(({ name, status }) => [name, status])).toEqual([
      ['One', 'created'],
      ['Two', 'waiting'],
      ['Three', 'stopped'],
    ]);
    expect(again.getStream(created.id)).toMatchObject({
      stream_key: created.stream_key,
      stream_timeout: 60,
      playback_ids: created.playback_ids,
    });
    expect(again.getStream(started.id)).toMatchObject({
      started_at: started.started_at,
      server_urls: { webrtc: moved(started.server_urls.webrtc) },
      callback_url: 'http://127.0.0.1:9/',
    });
    expect(again.startStream(stopped.id).status).toBe('waiting');
  });

  it('keeps tokens and signing keys good, and forgets what was deleted', async () => {
    const first = await open();
    const headers = { authorization: `Bearer ${await fetchAccessToken(first.url)}` };
    const { id } = first.createStream();
    await fetch(`${first.url}/v1/live-streams/${id}`, { method: 'DELETE', headers });
    const kept = first.createStream();
    const post = async (path: string, body: object) => {
      const init = { method: 'POST', headers, body: JSON.stringify(body) };
      return (await fetch(`${first.url}/v1/${path}`, init)).json();
    };
    const guarded = await post(`live-streams/${kept.id}/playback-ids`, { policy: 'authenticated' });
    const { key } = await post('signing-keys', { stream_id: kept.id });
    const again = await open();
    const play = async (auth: string) =>
      (await fetch(`${again.url}/${guarded.id}.m3u8?auth=${auth}`)).status;
    expect(await play('')).toBe(401);
    expect(await play(signToken({ exp: Date.now() / 1000 + 60 }, key))).not.toBe(401);
    const response = await fetch(`${again.url}/v1/live-streams`, { headers });
    expect((await response.json()).map((stream: { id: string }) => stream.id)).toEqual([kept.id]);
  });

  it('lets deadlines pass while nobody runs it', async () => {
    const first = await open();
    const { id, started_at } = first.openStream({ stream_timeout: 1 });
    const patient = first.openStream({ stream_timeout: 7200 });
    await first.close();
    const deadline = Date.parse(started_at) + 1000;
    await waitUntil(() => Date.now() > deadline, 'the deadline is over');
    const events: string[] = [];
    const again = await open({ log: (line) => events.push(line) });
    expect(again.getStream(id)?.status).toBe('stopped');
    expect(again.getStream(patient.id)?.status).toBe('waiting');
    expect(events.filter((line) => line.includes('nothing came in'))).toHaveLength(1);
  });

  it('makes a stream idle from now on that was live when the process died', async () => {
    const first = await open();
    const { id } = first.openStream();
    await withRecords(async (database, [key = '']) => {
      const stored = JSON.parse((await database.get(key)) ?? '');
      const longAgo = Date.now() - 3_600_000;
      const life = { status: 'live', startedAt: longAgo };
      await database.put(key, JSON.stringify({ ...stored, life, startedAt: longAgo }));
    });
    const before = Date.now();
    const again = await open();
    expect(again.getStream(id)?.status).toBe('idle');
    const { deadlineAt } = again.inspect(again.getStream(id)?.stream_key ?? '') ?? {};
    expect(deadlineAt).toBeGreaterThanOrEqual(before + 120_000);
  });

  it('reports a record that it cannot read, and leaves it alone', async () => {
    const first = await open();
    const good = first.createStream();
    const names = ['torn', 'newer', 'other', 'empty', 'strange'];
    await withRecords(async (database, [key = '']) => {
      const text = (await database.get(key)) ?? '';
      await database.put('stream!torn', text.slice(0, 100));
      await database.put('stream!newer', text.replace('"version":1', '"version":2'));
      await database.put('stream!other', text);
      await database.put('stream!empty', '');
      await database.put('stream!strange', text.replace('"created"', '"flying"'));
    });
    const lines: string[] = [];
    const again = await open({ log: (line) => lines.push(line) });
    expect(again.listStreams().map(({ id }) => id)).toEqual([good.id]);
    for (const name of names) expect(lines.join('\n')).toContain(`(stream ${name})`);
    await withRecords(async (_, keys) => expect(keys).toHaveLength(names.length + 1));
  });

  it('belongs to one ingest at a time', async () => {
    const first = await open();
    await expect(startIngest({ directory })).rejects.toThrow('Another ingest uses it');
    await first.close();
    await open();
    await expect(startIngest({ directory: '/dev/null/x' })).rejects.toThrow();
    await expect(startIngest({ directory: '' })).rejects.toThrow(RangeError);
  });

  it('is let go of when the port is taken', async () => {
    const other = await startIngest();
    const port = Number(new URL(other.url).port);
    await expect(startIngest({ directory, port })).rejects.toThrow('EADDRINUSE');
    await open();
    await other.close();
  });

  it('keeps callbacks that were not delivered, that of a deletion too', async () => {
    const deaf = await openCallbackReceiver(() => {});
    const first = await open();
    const stream = first.openStream({ callback_url: deaf.url });
    const other = first.createStream({ callback_url: deaf.url });
    const headers = { authorization: `Bearer ${await fetchAccessToken(first.url)}` };
    await fetch(`${first.url}/v1/live-streams/${other.id}`, { method: 'DELETE', headers });
    await waitUntil(() => deaf.received.length === 2, 'both streams have a try under way');
    await first.close();
    await deaf.close();
    const receiver = await openCallbackReceiver(undefined, Number(new URL(deaf.url).port));
    const lines: string[] = [];
    await open({ log: (line) => lines.push(line) });
    const delivered = () => lines.filter((line) => line.startsWith('Callback delivered'));
    await waitUntil(() => delivered().length === 4, 'all four changes are told');
    const told = (id: string) =>
      receiver.received.filter((each) => each.id === id).map(({ status }) => status);
    expect(told(stream.id)).toEqual(['created', 'waiting']);
    expect(told(other.id)).toEqual(['created', 'deleted']);
    await withRecords(async (_, keys) => expect(keys).toEqual([`stream!${stream.id}`]));
    await receiver.close();
  });
});

describe('the queue of writes', () => {
  it('writes in order, shares what gathers, and brings what failed with the next batch', async () => {
    const commits: (readonly Write[])[] = [];
    let failing = true;
    let release = () => {};
    const queue = createWriteQueue(async (writes) => {
      commits.push(writes);
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      if (failing) throw new Error('The disk is full');
    });
    queue.add(['a', '1']);
    await waitUntil(() => commits.length === 1, 'the first batch is under way');
    const first = queue.flushed();
    queue.add(['b', '1']);
    queue.add(['b', '2']);
    queue.add(['c', undefined]);
    release();
    await expect(first).rejects.toThrow('full');
    await waitUntil(() => commits.length === 2, 'the second batch is under way');
    failing = false;
    release();
    await queue.flushed();
    expect(commits).toEqual([
      [['a', '1']],
      [
        ['a', '1'],
        ['b', '2'],
        ['c', undefined],
      ],
    ]);
  });
});
