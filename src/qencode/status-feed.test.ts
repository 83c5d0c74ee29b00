import { afterEach, beforeEach, expect, it, vi } from 'vitest';
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
  const api = { status: 'waiting', asked: 0, answersAfterMs: 0 };
  const getStream = async (id: string) => {
    api.asked += 1;
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
