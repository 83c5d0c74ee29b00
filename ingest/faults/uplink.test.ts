import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createUplink } from './uplink.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Sends so many datagrams of 125 bytes, which are 1000 bits; `arrived` fills as they come in. */
function send(uplink: ReturnType<typeof createUplink>, count: number): readonly number[] {
  const arrived: number[] = [];
  for (let index = 0; index < count; index += 1) uplink.carry(125, () => arrived.push(index));
  return arrived;
}

describe('an uplink', () => {
  it('delivers at once while it is good', () => {
    expect(send(createUplink(), 3)).toEqual([0, 1, 2]);
  });

  it('loses the share that it is told to', () => {
    let call = 0;
    // Evenly spread, so that the share is exact.
    const uplink = createUplink(() => (call++ % 10) / 10);
    uplink.setLimits({ loss: 0.2 });
    expect(send(uplink, 100)).toHaveLength(80);
    uplink.setLimits({ loss: 1 });
    expect(send(uplink, 100)).toEqual([]);
    uplink.setLimits({});
    expect(send(uplink, 100)).toHaveLength(100);
  });

  it('carries as much as its rate, in order, and drops what its queue cannot hold', () => {
    const uplink = createUplink();
    uplink.setLimits({ kbps: 100 });
    const arrived = send(uplink, 1000);
    expect(arrived).toEqual([]);
    vi.advanceTimersByTime(200);
    expect(arrived).toHaveLength(20);
    vi.advanceTimersByTime(10_000);
    expect(arrived).toEqual(Array.from({ length: 51 }, (_, index) => index));
  });

  it('holds back as much as its queue is long, for as long', () => {
    const uplink = createUplink();
    uplink.setLimits({ kbps: 100, queueMs: 3_000 });
    const arrived = send(uplink, 1000);
    vi.advanceTimersByTime(2_000);
    expect(arrived).toHaveLength(200);
    vi.advanceTimersByTime(10_000);
    expect(arrived).toHaveLength(301);
  });

  it('lets go of what waits when it is good again, in order', () => {
    const uplink = createUplink();
    uplink.setLimits({ kbps: 1 });
    const arrived = send(uplink, 1);
    uplink.setLimits({});
    uplink.carry(125, () => expect(arrived).toEqual([0]));
    expect(arrived).toEqual([0]);
  });

  it('keeps its order when it gets faster', () => {
    const uplink = createUplink();
    const arrived: string[] = [];
    uplink.setLimits({ kbps: 10 });
    uplink.carry(125, () => arrived.push('first'));
    uplink.setLimits({ kbps: 1_000_000 });
    uplink.carry(125, () => arrived.push('second'));
    vi.advanceTimersByTime(10_000);
    expect(arrived).toEqual(['first', 'second']);
  });

  it('delivers nothing more once it is closed', () => {
    const uplink = createUplink();
    uplink.setLimits({ kbps: 10 });
    const arrived = send(uplink, 3);
    uplink.close();
    vi.advanceTimersByTime(10_000);
    expect(arrived).toEqual([]);
  });
});
