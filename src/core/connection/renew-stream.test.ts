import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Renew, RenewedStream } from './renew-stream.js';
import { renewStream } from './renew-stream.js';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const signal = () => new AbortController().signal;
const stream: RenewedStream = { serverUrl: 'wss://h/a/s' };

describe('renewStream', () => {
  it('hands over what the app returns, asked once', async () => {
    const renew = vi.fn<Renew>(async () => stream);
    expect(await renewStream(renew, signal())).toBe(stream);
    expect(renew).toHaveBeenCalledTimes(1);
  });

  it.each([
    [
      'throws at once',
      () => {
        throw new Error('no');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no'))],
  ] as const)('says so when it %s, with the error as the cause', async (_, renew) => {
    await expect(renewStream(renew, signal())).rejects.toMatchObject({
      code: 'renewal-failed',
      cause: { message: 'no' },
    });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('gives up on one that hangs, and tells it so', async () => {
    let told = signal();
    const renewed = renewStream((context) => {
      told = context.signal;
      return new Promise(() => {});
    }, signal());
    renewed.catch(() => {});
    await vi.advanceTimersByTimeAsync(29_999);
    expect(told.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await expect(renewed).rejects.toMatchObject({ code: 'renewal-failed' });
    expect(told.aborted).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends with its signal, and tells the app so', async () => {
    const controller = new AbortController();
    let told = signal();
    const renewed = renewStream((context) => {
      told = context.signal;
      return new Promise(() => {});
    }, controller.signal);
    renewed.catch(() => {});
    await vi.advanceTimersByTimeAsync(0);
    controller.abort(new Error('stopped'));
    await expect(renewed).rejects.toThrow('stopped');
    expect(told.aborted).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });
});
