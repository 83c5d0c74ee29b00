import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createStore } from './store.js';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it('tells everybody, whatever a listener throws, and lets that be seen', () => {
  const store = createStore<number, number>(0, (state, event) => state + event);
  const told: number[] = [];
  store.subscribe(() => {
    throw new Error('a mistake of the app');
  });
  store.subscribe(() => told.push(store.getSnapshot()));
  store.dispatch(2);
  expect(told).toEqual([2]);
  expect(() => vi.runAllTimers()).toThrow('a mistake of the app');
});
