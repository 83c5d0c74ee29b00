import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { LiveApiError } from './live-api-error.js';
import { parseLiveStream } from './live-stream.js';
import { createStatusFeed } from './status-feed.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** An API that answers with the status at the time of the question. */
function setUp() {
  const api = {
    status: 'waiting',
    asked: 0,
    answersAfterMs: 0,
    failure: null as LiveApiError | null,
    signals: [] as (AbortSignal | undefined)[],
  };
  const getStream = async (id: string, { signal }: { signal?: AbortSignal | undefined } = {}) => {
    api.asked += 1;
    api.signals.push(signal);
    if (api.failure !== null) throw api.failure;
    const { status, answersAfterMs } = api;
    if (answersAfterMs > 0) await new Promise((resolve) => setTimeout(resolve, answersAfterMs));
    const stream = parseLiveStream({ id, status });
    if (stream === null) throw new Error('The fixture is no stream.');
    return stream;
  };
  const feed = createStatusFeed({ client: { getStream }, pollMs: 5_000, onError: () => {} });
  const heard: string[] = [];
  const onStatus = (status: string) => heard.push(status);
  return { api, feed, heard, onStatus };
}

it('asks at each turn, and tells only what changes', async () => {
  const { api, feed, heard, onStatus } = setUp();
  const leave = feed.follow('s1', 'waiting', { onStatus });
  await vi.advanceTimersByTimeAsync(4_999);
  expect(api.asked).toBe(0);
  await vi.advanceTimersByTimeAsync(10_001);
  expect(api.asked).toBe(3);
  expect(heard).toEqual([]);
  api.status = 'live';
  await vi.advanceTimersByTimeAsync(10_000);
  expect(heard).toEqual(['live']);
  leave();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(api.asked).toBe(5);
});

it('asks at once for a hint, and at most twice a second however many there are', async () => {
  const { api, feed, heard, onStatus } = setUp();
  const leave = feed.follow('s1', 'waiting', { onStatus });
  api.status = 'live';
  feed.hint('s1');
  await vi.advanceTimersByTimeAsync(0);
  expect(heard).toEqual(['live']);
  expect(api.asked).toBe(1);
  for (let count = 0; count < 100; count += 1) {
    feed.hint('s1');
    feed.hint('another');
    await vi.advanceTimersByTimeAsync(20);
  }
  expect(api.asked).toBe(5);
  leave();
});

it('does not lose a hint that comes while it asks', async () => {
  const { api, feed, heard, onStatus } = setUp();
  const leave = feed.follow('s1', 'waiting', { onStatus });
  api.answersAfterMs = 100;
  feed.hint('s1');
  await vi.advanceTimersByTimeAsync(50);
  expect(api.asked).toBe(1);
  api.status = 'idle';
  feed.hint('s1');
  await vi.advanceTimersByTimeAsync(550);
  expect(heard).toEqual(['idle']);
  leave();
});

it('tells a latecomer what it has missed, and passes on what others know', async () => {
  const { api, feed, heard, onStatus } = setUp();
  const leave = feed.follow('s1', 'waiting', { onStatus: () => {} });
  feed.tell('s1', 'live');
  const leaveToo = feed.follow('s1', 'waiting', { onStatus });
  expect(heard).toEqual(['live']);
  expect(await feed.read('s1')).toBe('live');
  feed.tell('s1', 'stopped');
  feed.tell('another', 'stopped');
  expect(heard).toEqual(['live', 'stopped']);
  expect(api.asked).toBe(0);
  leave();
  leaveToo();
  expect(vi.getTimerCount()).toBe(0);
});

it('reads a stream once a second for all who ask, and anew after a start or stop', async () => {
  const { api, feed } = setUp();
  api.answersAfterMs = 100;
  const first = [feed.read('s1'), feed.read('s1'), feed.read('s1'), feed.read('s2')];
  await vi.advanceTimersByTimeAsync(100);
  expect(await Promise.all(first)).toEqual(['waiting', 'waiting', 'waiting', 'waiting']);
  api.status = 'live';
  await vi.advanceTimersByTimeAsync(899);
  for (let count = 0; count < 50; count += 1) expect(await feed.read('s1')).toBe('waiting');
  expect(api.asked).toBe(2);
  await vi.advanceTimersByTimeAsync(1);
  const later = feed.read('s1');
  await vi.advanceTimersByTimeAsync(100);
  expect(await later).toBe('live');
  api.status = 'stopped';
  feed.tell('s1', 'stopped');
  const told = feed.read('s1');
  await vi.advanceTimersByTimeAsync(100);
  expect(await told).toBe('stopped');
  expect(api.asked).toBe(4);
});

it('shares a failure for the second too, but not what nobody waited for', async () => {
  const { api, feed } = setUp();
  api.failure = new LiveApiError('server', 'Down.');
  for (let count = 0; count < 20; count += 1)
    await expect(feed.read('s1')).rejects.toThrow('Down.');
  expect(api.asked).toBe(1);
  api.failure = null;
  api.answersAfterMs = 100;
  const leaving = new AbortController();
  const left = feed.read('s2', leaving.signal);
  const stays = feed.read('s2');
  leaving.abort();
  await expect(left).rejects.toThrow();
  expect(api.signals.at(-1)?.aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(100);
  expect(await stays).toBe('waiting');
  const alone = new AbortController();
  const unwanted = feed.read('s3', alone.signal);
  alone.abort();
  await expect(unwanted).rejects.toThrow();
  expect(api.signals.at(-1)?.aborted).toBe(true);
  const wanted = feed.read('s3');
  await vi.advanceTimersByTimeAsync(100);
  expect(await wanted).toBe('waiting');
});

it('leaves the API alone for as long as it asks to, whatever hints say', async () => {
  const { api, feed, onStatus } = setUp();
  const leave = feed.follow('s1', 'waiting', { onStatus });
  api.failure = new LiveApiError('rate-limited', 'Too many.', { retryAfterSeconds: 60 });
  feed.hint('s1');
  await vi.advanceTimersByTimeAsync(0);
  expect(api.asked).toBe(1);
  for (let second = 0; second < 59; second += 1) {
    feed.hint('s1');
    await vi.advanceTimersByTimeAsync(1000);
  }
  expect(api.asked).toBe(1);
  await vi.advanceTimersByTimeAsync(1000);
  expect(api.asked).toBe(2);
  leave();
  expect(vi.getTimerCount()).toBe(0);
});
