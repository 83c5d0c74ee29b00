import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { findIngest } from './find-ingest.js';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('findIngest', () => {
  it('looks at once, and again and again until it is there', async () => {
    let looks = 0;
    const isReachable = async () => {
      looks += 1;
      return looks >= 4;
    };
    const found = findIngest(isReachable, () => 1, new AbortController().signal);
    await vi.advanceTimersByTimeAsync(0);
    expect(looks).toBe(1);
    await vi.advanceTimersByTimeAsync(400 + 800 + 1_000);
    expect(await found).toBe(true);
    expect(looks).toBe(4);
  });

  it('ends with its signal, in the middle of a look or of a wait', async () => {
    const hangs = (_attempt: number, signal: AbortSignal) =>
      new Promise<boolean>((resolve) => {
        signal.addEventListener('abort', () => resolve(false), { once: true });
      });
    const fails = async () => false;
    for (const isReachable of [hangs, fails]) {
      const controller = new AbortController();
      const found = findIngest(isReachable, () => 0.5, controller.signal);
      await vi.advanceTimersByTimeAsync(10_050);
      controller.abort();
      expect(await found).toBe(false);
      expect(vi.getTimerCount()).toBe(0);
    }
  });
});
