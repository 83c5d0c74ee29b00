import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { abortable, sleep, within } from './time.js';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const never = new Promise<never>(() => {});

describe('sleep', () => {
  it('resolves after its time', async () => {
    const slept = vi.fn();
    void sleep(1_000, new AbortController().signal).then(slept);
    await vi.advanceTimersByTimeAsync(999);
    expect(slept).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(slept).toHaveBeenCalled();
  });

  it('rejects on abort and leaves no timer', async () => {
    const controller = new AbortController();
    const slept = sleep(1_000, controller.signal);
    controller.abort(new Error('enough'));
    await expect(slept).rejects.toThrow('enough');
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('abortable', () => {
  it('rejects with the reason of a signal that aborts, or had aborted before', async () => {
    const controller = new AbortController();
    const waiting = abortable(never, controller.signal);
    controller.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await expect(abortable(never, controller.signal)).rejects.toThrow('enough');
  });
});

describe('within', () => {
  const { signal } = new AbortController();

  it('settles as the promise does, and leaves no timer', async () => {
    await expect(within(Promise.resolve(7), 10, () => new Error('late'), signal)).resolves.toBe(7);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('rejects when the time is over', async () => {
    const waiting = within(never, 10, () => new Error('late'), signal);
    const checked = expect(waiting).rejects.toThrow('late');
    await vi.advanceTimersByTimeAsync(10);
    await checked;
  });
});
