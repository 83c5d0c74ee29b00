import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { pollStats } from './poll-stats.js';
import type { StatsSample } from './sample.js';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** A connection whose reports say when something was last received. */
function connectionThatHears(lastHeardAt: () => number) {
  const askedAt: number[] = [];
  const start = Date.now();
  return {
    askedAt,
    getStats: async () => {
      const at = Date.now() - start;
      askedAt.push(at);
      if (at === 2_000) throw new Error('The browser is busy.');
      const pair = { id: 'P', type: 'candidate-pair', timestamp: 1 + at };
      const heard = { ...pair, lastPacketReceivedTimestamp: 1 + lastHeardAt() };
      return new Map([['P', heard]]) as unknown as RTCStatsReport;
    },
  };
}

async function polled(lastHeardAt: () => number, ms: number, isWatched = () => true) {
  const ending = new AbortController();
  const samples: StatsSample[] = [];
  const source = connectionThatHears(lastHeardAt);
  const pausedAt: number[] = [];
  const start = Date.now();
  const onSample = (sample: StatsSample) => void samples.push(sample);
  const onPause = () => void pausedAt.push(Date.now() - start);
  const polling = pollStats({ ...source, isWatched, onSample, onPause }, ending.signal);
  await vi.advanceTimersByTimeAsync(ms);
  ending.abort();
  await polling;
  expect(vi.getTimerCount()).toBe(0);
  return { askedAt: source.askedAt, samples, pausedAt };
}

it('takes one sample a second, and leaves out a report that cannot be had', async () => {
  const start = Date.now();
  const { askedAt, samples, pausedAt } = await polled(() => Date.now() - start, 4_500);
  expect(pausedAt).toEqual([]);
  expect(askedAt).toEqual([0, 1_000, 2_000, 3_000, 4_000]);
  expect(samples.map(({ at }) => at - 1)).toEqual([1_000, 3_000, 4_000]);
});

it('asks for nothing while nobody watches, and compares across no pause', async () => {
  const start = Date.now();
  const seconds = () => (Date.now() - start) / 1_000;
  const isWatched = () => seconds() < 4 || seconds() >= 6;
  const { askedAt, samples, pausedAt } = await polled(() => Date.now() - start, 8_500, isWatched);
  expect(pausedAt).toEqual([4_000]);
  expect(askedAt).toEqual([0, 1_000, 2_000, 3_000, 6_000, 7_000, 8_000]);
  expect(samples.map(({ at }) => at - 1)).toEqual([1_000, 3_000, 7_000, 8_000]);
});

it('looks again when a silence has lasted 1.5 s, which is when it counts', async () => {
  const start = Date.now();
  const { samples } = await polled(() => Math.min(Date.now() - start, 3_200), 6_000);
  const silences = samples.map(({ at, silentMs }) => [at - 1, silentMs]);
  expect(silences).toContainEqual([4_000, 800]);
  expect(silences).toContainEqual([4_700, 1_500]);
});
