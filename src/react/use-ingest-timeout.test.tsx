import { act, renderHook } from '@testing-library/react';
import { renderToString } from 'react-dom/server';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { IngestTimeoutOptions } from './use-ingest-timeout.js';
import { useIngestTimeout } from './use-ingest-timeout.js';

const NOW = new Date('2026-01-01T12:00:00Z').getTime();

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

function renderTimeout(initialProps: IngestTimeoutOptions) {
  return renderHook((options: IngestTimeoutOptions) => useIngestTimeout(options), { initialProps });
}

function Countdown() {
  return <>{useIngestTimeout({ startedAt: NOW, status: 'idle' }).phase}</>;
}

const pass = (ms: number) => act(() => vi.advanceTimersByTime(ms));

/** The tab sleeps: time goes on, timers do not; then somebody looks at it again. */
function sleep(ms: number, sign: 'visibilitychange' | 'focus'): void {
  act(() => {
    vi.setSystemTime(Date.now() + ms);
    if (sign === 'focus') window.dispatchEvent(new Event(sign));
    else document.dispatchEvent(new Event(sign));
  });
}

describe('useIngestTimeout', () => {
  it.each([
    ['a Date', new Date(NOW)],
    ['an ISO 8601 string', new Date(NOW).toISOString()],
    ['epoch milliseconds', NOW],
  ])('counts down from %s', (_, startedAt) => {
    const { result } = renderTimeout({ startedAt, status: 'idle' });
    expect(result.current).toEqual({
      phase: 'waiting',
      remainingSeconds: 120,
      deadline: NOW + 120_000,
      progress: 0,
    });
    pass(30_000);
    expect(result.current).toMatchObject({ remainingSeconds: 90, progress: 0.25 });
  });

  it.each([-86_400_000, -300_000, 300_000, 86_400_000])(
    'counts down from a start on a clock that is %i ms ahead',
    (clockOffsetMs) => {
      const startedAt = NOW + clockOffsetMs - 30_000;
      const { result } = renderTimeout({ startedAt, clockOffsetMs, status: 'idle' });
      expect(result.current).toMatchObject({ phase: 'waiting', remainingSeconds: 90 });
      pass(30_000);
      expect(result.current).toMatchObject({ remainingSeconds: 60 });
    },
  );

  it('counts down also from a start that its clock takes to be still to come', () => {
    const { result } = renderTimeout({ startedAt: NOW + 300_000, status: 'idle' });
    expect(result.current.remainingSeconds).toBe(120);
    pass(30_000);
    expect(result.current.remainingSeconds).toBe(90);
  });

  it('goes by what the server says of its stream before it goes by the clock', () => {
    const onExpire = vi.fn();
    const start = { startedAt: NOW - 3_600_000, status: 'idle', onExpire } as const;
    const { result, rerender } = renderTimeout({ ...start, streamStatus: 'waiting' });
    expect(result.current).toMatchObject({ phase: 'waiting', remainingSeconds: null });
    expect(vi.getTimerCount()).toBe(0);
    for (let times = 1; times <= 2; times += 1) {
      rerender({ ...start, streamStatus: 'stopped' });
      expect(result.current.phase).toBe('expired');
      expect(onExpire).toHaveBeenCalledTimes(times);
      rerender({ ...start, streamStatus: 'Idle' });
      expect(result.current.phase).toBe('interrupted');
    }
  });

  it.each([undefined, null, '', 'yesterday-ish', Number.NaN, new Date(Number.NaN), {}, [], true])(
    'runs no clock, and no timer, from %o',
    (startedAt) => {
      const { result } = renderTimeout({ startedAt, status: 'idle' } as IngestTimeoutOptions);
      const none = { remainingSeconds: null, deadline: null, progress: null };
      expect(result.current).toEqual({ phase: 'not-started', ...none });
      expect(vi.getTimerCount()).toBe(0);
    },
  );

  it('ticks where the second of the deadline changes, not where it was mounted', () => {
    const { result } = renderTimeout({ startedAt: NOW - 400, status: 'idle' });
    expect(result.current.remainingSeconds).toBe(120);
    pass(599);
    expect(result.current.remainingSeconds).toBe(120);
    pass(1);
    expect(result.current.remainingSeconds).toBe(119);
  });

  it.each(['visibilitychange', 'focus'] as const)('is right after a sleep ended by %s', (sign) => {
    const { result } = renderTimeout({ startedAt: NOW, status: 'idle' });
    sleep(70_500, sign);
    expect(result.current.remainingSeconds).toBe(50);
    sleep(3_600_000, sign);
    expect(result.current).toMatchObject({ phase: 'expired', remainingSeconds: 0, progress: 1 });
  });

  it('counts a start in the future as a start now', () => {
    const { result } = renderTimeout({ startedAt: NOW + 5000, status: 'idle' });
    expect(result.current).toMatchObject({ phase: 'waiting', remainingSeconds: 120 });
    pass(5000);
    expect(result.current.remainingSeconds).toBe(120);
    pass(1000);
    expect(result.current.remainingSeconds).toBe(119);
  });

  it('is expired at once for a start long ago', () => {
    const onExpire = vi.fn();
    const { result } = renderTimeout({ startedAt: NOW - 500_000, status: 'idle', onExpire });
    expect(result.current.phase).toBe('expired');
    expect(onExpire).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('takes another time-out, and 120 seconds for one that is none', () => {
    const options = { startedAt: NOW, status: 'idle' } as const;
    const { result, rerender } = renderTimeout({ ...options, timeoutSeconds: 30 });
    expect(result.current.remainingSeconds).toBe(30);
    for (const wrong of [-1, 0, Number.NaN, 'soon', null]) {
      rerender({ ...options, timeoutSeconds: wrong as number });
      expect(result.current.remainingSeconds).toBe(120);
    }
  });

  it('calls onExpire once for each expiry, also across a change of status', () => {
    const onExpire = vi.fn();
    const options = { startedAt: NOW, onExpire };
    const { rerender } = renderTimeout({ ...options, status: 'idle' });
    pass(119_999);
    expect(onExpire).not.toHaveBeenCalled();
    pass(1);
    expect(onExpire).toHaveBeenCalledTimes(1);
    rerender({ ...options, status: 'connecting' });
    rerender({ ...options, status: 'failed' });
    pass(60_000);
    expect(onExpire).toHaveBeenCalledTimes(1);
    rerender({ startedAt: Date.now(), onExpire, status: 'idle' });
    pass(120_000);
    expect(onExpire).toHaveBeenCalledTimes(2);
  });

  it('is cleared by going live', () => {
    const onExpire = vi.fn();
    const { result, rerender } = renderTimeout({ startedAt: NOW, status: 'connecting', onExpire });
    rerender({ startedAt: NOW, status: 'live', onExpire });
    expect(result.current).toMatchObject({ phase: 'live', remainingSeconds: null });
    expect(vi.getTimerCount()).toBe(0);
    pass(600_000);
    expect(onExpire).not.toHaveBeenCalled();
  });

  it('counts an interruption from when it was seen, or from lostAt where that is known', () => {
    const { result, rerender } = renderTimeout({ startedAt: NOW, status: 'live' });
    pass(600_000);
    rerender({ startedAt: NOW, status: 'reconnecting' });
    expect(result.current).toMatchObject({ phase: 'interrupted', remainingSeconds: 120 });
    pass(20_000);
    expect(result.current.remainingSeconds).toBe(100);
    rerender({ startedAt: NOW, status: 'reconnecting', lostAt: Date.now() - 60_000 });
    expect(result.current.remainingSeconds).toBe(60);
    rerender({ startedAt: NOW, status: 'live' });
    rerender({ startedAt: NOW, status: 'reconnecting' });
    expect(result.current.remainingSeconds).toBe(120);
  });

  it('counts an interruption also of a stream whose start is unknown', () => {
    const { result, rerender } = renderTimeout({ status: 'live' });
    rerender({ status: 'reconnecting' });
    expect(result.current).toMatchObject({ phase: 'interrupted', remainingSeconds: 120 });
    rerender({ status: 'failed' });
    expect(result.current).toMatchObject({ phase: 'interrupted', remainingSeconds: 120 });
  });

  it('forgives a stop for as long as an interruption, not from the start of the stream', () => {
    const { result, rerender } = renderTimeout({ startedAt: NOW, status: 'live' });
    pass(600_000);
    rerender({ startedAt: NOW, status: 'idle' });
    expect(result.current).toMatchObject({ phase: 'interrupted', remainingSeconds: 120 });
    rerender({ startedAt: Date.now() - 10_000, status: 'idle' });
    expect(result.current).toMatchObject({ phase: 'waiting', remainingSeconds: 110 });
  });

  it('runs nothing after a stop of a stream whose start is unknown', () => {
    const { result, rerender } = renderTimeout({ status: 'live' });
    rerender({ status: 'idle' });
    expect(result.current.phase).toBe('not-started');
  });

  it('leaves no timer and no listener behind', () => {
    const removed = vi.spyOn(document, 'removeEventListener');
    const { unmount } = renderTimeout({ startedAt: NOW, status: 'idle' });
    unmount();
    expect(vi.getTimerCount()).toBe(0);
    expect(removed).toHaveBeenCalledWith('visibilitychange', expect.any(Function));
  });

  it('renders no seconds on the server, whose clock is another', () => {
    expect(renderToString(<Countdown />)).toBe('not-started');
  });
});
