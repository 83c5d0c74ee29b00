import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createStartLimit } from './start-limit.js';

const MOST = 10_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

it('refuses whoever is new while it is full, and forgets nobody whose window runs', () => {
  const take = createStartLimit({ starts: 1, perSeconds: 3600 });
  expect(take('first')).toBeNull();
  vi.advanceTimersByTime(600_000);
  for (let index = 1; index < MOST; index += 1) expect(take(`caller ${index}`)).toBeNull();
  for (let index = 0; index < MOST; index += 1) expect(take(`new ${index}`)).toBe(3000);
  expect(take('first')).toBe(3000);
  expect(take('caller 1')).toBe(3600);
  vi.advanceTimersByTime(3_000_000);
  expect(take('new 7')).toBeNull();
  expect(take('new 8')).toBe(600);
  expect(take('new 7')).toBe(3600);
});

it('goes on counting those it knows while it is full', () => {
  const take = createStartLimit({ starts: 2, perSeconds: 60 });
  for (let index = 0; index < MOST; index += 1) take(`caller ${index}`);
  vi.advanceTimersByTime(30_000);
  expect(take('caller 0')).toBeNull();
  expect(take('caller 0')).toBe(30);
  vi.advanceTimersByTime(30_000);
  expect(take('caller 0')).toBeNull();
  expect(take('one more')).toBeNull();
});

it('lets no refused start lengthen the wait', () => {
  const take = createStartLimit({ starts: 1, perSeconds: 60 });
  expect(take('ann')).toBeNull();
  for (let second = 1; second < 60; second += 1) {
    vi.advanceTimersByTime(1000);
    expect(take('ann')).toBe(60 - second);
  }
  vi.advanceTimersByTime(1000);
  expect(take('ann')).toBeNull();
});
