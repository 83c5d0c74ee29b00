import { mkdtemp, readdir, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { LiveStream } from '../index.js';
import { fetchAccessToken } from '../testing/fetch-access-token.js';
import { type IngestProcess, startIngestProcess } from '../testing/ingest-process.js';
import { makeClip } from '../testing/test-clips.js';
import { publish } from '../testing/test-publisher.js';
import { waitUntil } from '../testing/wait-until.js';

const ROUNDS = 6;
const WORKERS = 4;

let directory: string;
let running: IngestProcess | undefined;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ingest-'));
});
afterEach(async () => {
  await running?.kill();
  await rm(directory, { recursive: true, force: true });
});

async function start(): Promise<string> {
  running = await startIngestProcess({ directory });
  return running.url;
}

type Known = Pick<LiveStream, 'id' | 'name' | 'status' | 'stream_key' | 'playback_ids'>;

/** One stream as its worker knows it: what was acknowledged, and what was asked for and not answered. */
interface Memory {
  acknowledged: Known | undefined;
  asked: Partial<Known> | undefined;
}

/** Works on streams over HTTP until the ingest is gone. */
async function work(url: string, authorization: string, memories: Memory[]): Promise<void> {
  const call = async (method: string, path: string, body?: object): Promise<LiveStream> => {
    const response = await fetch(`${url}/v1/live-streams${path}`, {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path} was answered by ${response.status}`);
    return response.json();
  };
  for (let round = 0; ; round += 1) {
    const memory: Memory = { acknowledged: undefined, asked: {} };
    memories.push(memory);
    const settle = (known: Known) => {
      memory.acknowledged = known;
      memory.asked = undefined;
    };
    settle(await call('POST', '', { name: `Stream ${round}` }));
    const path = `/${memory.acknowledged?.id}`;
    const steps: readonly (readonly [Partial<Known>, () => Promise<LiveStream>])[] = [
      [{ status: 'waiting' }, () => call('POST', `${path}/start`)],
      [{ name: 'Renamed' }, () => call('PUT', path, { name: 'Renamed' })],
      [{ status: 'stopped' }, () => call('POST', `${path}/stop`)],
      [{ status: 'deleted' }, () => call('DELETE', path)],
    ];
    // Some streams stay at each of their stages.
    for (const [asked, step] of steps.slice(0, round % (steps.length + 1))) {
      memory.asked = asked;
      settle(await step());
    }
  }
}

it('keeps everything it acknowledged, whenever it is killed', async () => {
  const memories: Memory[] = [];
  let authorization: string | undefined;
  for (let round = 0; round < ROUNDS; round += 1) {
    const url = await start();
    authorization ??= `Bearer ${await fetchAccessToken(url)}`;
    const bearer = authorization;
    const before = memories.length;
    const working = Array.from({ length: WORKERS }, () => work(url, bearer, memories));
    const ended = Promise.allSettled(working);
    const enough = before + WORKERS + Math.floor(Math.random() * 40);
    await waitUntil(() => memories.length > enough, 'the workers have worked');
    await running?.kill();
    // A refusal would be an Error of their own; only the end of the connection is one of fetch.
    const ends = (await ended).map((end) => (end.status === 'rejected' ? end.reason : end.status));
    expect(ends).toEqual(ends.map(() => expect.any(TypeError)));

    const reopened = await start();
    const response = await fetch(`${reopened}/v1/live-streams`, { headers: { authorization } });
    expect(response.status).toBe(200);
    const found: readonly LiveStream[] = await response.json();
    const byId = new Map(found.map((stream) => [stream.id, stream]));
    for (const { acknowledged, asked } of memories) {
      if (acknowledged === undefined) continue;
      const { id, name, status, stream_key, playback_ids } = acknowledged;
      const stream = byId.get(id);
      if (stream === undefined) {
        expect([status, asked?.status]).toContain('deleted');
        continue;
      }
      expect(stream).toMatchObject({ stream_key, playback_ids });
      const allowed = [
        { name, status },
        { name, status, ...asked },
      ];
      expect(allowed).toContainEqual({ name: stream.name, status: stream.status });
    }
    // Writes in flight are on disk now.
    for (const memory of memories) {
      const { acknowledged } = memory;
      if (acknowledged === undefined || memory.asked === undefined) continue;
      memory.acknowledged = byId.get(acknowledged.id) ?? { ...acknowledged, status: 'deleted' };
      memory.asked = undefined;
    }
    await running?.kill();
  }
  expect(memories.length).toBeGreaterThan(ROUNDS * WORKERS);
}, 120_000);

it('keeps what it acknowledged once a full disk has room again', async () => {
  const first = await startIngestProcess({ directory });
  running = first;
  const authorization = `Bearer ${await fetchAccessToken(first.url)}`;
  const create = async (url: string, name: string) => {
    const response = await fetch(`${url}/v1/live-streams`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ name }),
    });
    return { status: response.status, body: await response.json() };
  };
  const kept = new Set<string>();
  // LevelDB begins another file whenever it is opened; one is full after some twenty streams.
  first.limitFiles(16_384);
  let refused = 0;
  for (let count = 0; refused < 3; count += 1) {
    expect(count).toBeLessThan(1_000);
    const { status, body } = await create(first.url, `Before ${count}`);
    if (status < 300) {
      kept.add(body.id);
    } else {
      expect(body.message).toMatch(/could not be written to disk/);
      refused += 1;
    }
  }
  expect(kept.size).toBeGreaterThan(0);
  first.limitFiles(null);
  for (let count = 0; count < 20; count += 1) {
    const { status, body } = await create(first.url, `After ${count}`);
    expect(status).toBeLessThan(300);
    kept.add(body.id);
  }
  expect(first.printed()).toContain('Changes could not be written to disk');
  expect(first.printed()).toContain('Changes are written to disk again');
  await first.kill();

  const second = await startIngestProcess({ directory });
  running = second;
  const streams = await (await fetch(`${second.url}/ingest/streams`)).json();
  const found = new Set(streams.map(({ id }: { readonly id: string }) => id));
  expect([...kept].filter((id) => !found.has(id))).toEqual([]);
  expect(second.printed()).not.toContain('missing');
}, 60_000);

it('says at its start what is missing of what it kept', async () => {
  const first = await startIngestProcess({ directory });
  running = first;
  for (let count = 0; count < 3; count += 1) {
    await fetch(`${first.url}/ingest/streams`, { method: 'POST' });
  }
  await first.kill();
  // As a machine that lost its power, or a person who cleaned up.
  for (const name of await readdir(directory)) {
    if (name.endsWith('.log')) await truncate(join(directory, name), 100);
  }
  const second = await startIngestProcess({ directory });
  running = second;
  expect(second.printed()).toMatch(/The last \d+ changes that were kept are missing: 0 streams/);
  await second.kill();
  const third = await startIngestProcess({ directory });
  running = third;
  expect(third.printed()).not.toContain('missing');
}, 60_000);

it('comes back with a live stream idle, and takes the broadcast up at the same address', async () => {
  const clip = await makeClip('H264');
  const first = await startIngestProcess({ directory });
  running = first;
  const statusAt = async ({ url }: IngestProcess) => {
    const [stream] = await (await fetch(`${url}/ingest/streams`)).json();
    return stream.status;
  };
  const cut = await publish(first.publishUrl, clip);
  await waitUntil(async () => (await statusAt(first)) === 'live', 'the stream is live');
  // A change that is answered is on disk, and so is all that came before it.
  await fetchAccessToken(first.url);
  await first.kill();
  await cut.close();
  const second = await startIngestProcess({ directory, port: Number(new URL(first.url).port) });
  running = second;
  expect(await statusAt(second)).toBe('idle');
  expect(second.publishUrl).toBe(first.publishUrl);
  const resumed = await publish(second.publishUrl, clip);
  await waitUntil(async () => (await statusAt(second)) === 'live', 'the stream is live again');
  await resumed.close();
}, 60_000);
