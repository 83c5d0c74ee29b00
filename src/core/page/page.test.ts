import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FakePage } from '../../testing/fake-page.js';
import { installFakePage } from '../../testing/fake-page.js';
import { warnBeforeLeaving, watchLeaving } from './leaving.js';
import { markLive, takeLiveMarker } from './live-marker.js';
import { watchForSleep } from './sleep-watch.js';
import { streamMark } from './stream-mark.js';
import { createTabLock } from './tab-lock.js';
import { keepScreenOn } from './wake-lock.js';
import type { NetworkNews } from './watch-network.js';
import { watchNetwork } from './watch-network.js';

const ADDRESS = new URL('wss://host:3334/qlive/secret-key?direction=send');

let page: FakePage;
let life: AbortController;
beforeEach(() => {
  vi.useFakeTimers();
  page = installFakePage();
  life = new AbortController();
});
afterEach(() => {
  life.abort();
  page.restore();
  vi.useRealTimers();
});

const settled = () => vi.advanceTimersByTimeAsync(0);

describe('watchNetwork', () => {
  it('tells how the network stands, then of each change, and no more after its end', () => {
    const news: NetworkNews[] = [];
    watchNetwork((word) => news.push(word), life.signal);
    page.setOnline(false);
    page.setOnline(true);
    page.estimateNetwork();
    page.changeNetwork();
    expect(news).toEqual([
      'network-online',
      'network-offline',
      'network-online',
      'network-changed',
    ]);
    life.abort();
    page.setOnline(false);
    page.estimateNetwork();
    page.changeNetwork();
    expect(news).toHaveLength(4);
  });
});

describe('watchLeaving', () => {
  it('tells of a page that goes, and of one that comes back out of the cache', () => {
    const told: string[] = [];
    watchLeaving((news) => told.push(news), life.signal);
    page.tell('pageshow', { persisted: false });
    page.tell('pagehide', { persisted: true });
    page.tell('pageshow', { persisted: true });
    expect(told).toEqual(['page-left', 'page-returned']);
    life.abort();
    page.tell('pagehide');
    expect(told).toHaveLength(2);
  });
});

describe('warnBeforeLeaving', () => {
  it('lets the browser ask only while it is wanted', () => {
    let isWanted = false;
    warnBeforeLeaving(() => isWanted, life.signal);
    expect(page.tell('beforeunload').defaultPrevented).toBe(false);
    isWanted = true;
    expect(page.tell('beforeunload').defaultPrevented).toBe(true);
    life.abort();
    expect(page.tell('beforeunload').defaultPrevented).toBe(false);
  });
});

describe('keepScreenOn', () => {
  it('takes the lock again when the page is seen again, and lets go at its end', async () => {
    const done = keepScreenOn(life.signal);
    await settled();
    expect(page.wakeLocks).toBe(1);
    page.setVisible(false);
    await settled();
    expect(page.wakeLocks).toBe(0);
    page.setVisible(true);
    await settled();
    expect(page.wakeLocks).toBe(1);
    life.abort();
    await done;
    expect(page.wakeLocks).toBe(0);
  });

  it('asks again when the page was hidden and seen while it asked', async () => {
    void keepScreenOn(life.signal);
    page.setVisible(false);
    page.setVisible(true);
    await settled();
    expect(page.wakeLocks).toBe(1);
  });

  it('waits for a hidden page to be seen', async () => {
    page.setVisible(false);
    void keepScreenOn(life.signal);
    await settled();
    expect(page.wakeLocks).toBe(0);
    page.setVisible(true);
    await settled();
    expect(page.wakeLocks).toBe(1);
  });
});

describe('watchForSleep', () => {
  it('notices that the clock jumped ahead, and takes a late tick for nothing', async () => {
    let now = 0;
    const woke = vi.fn();
    const done = watchForSleep(() => now, woke, life.signal);
    const tick = (ms: number) => {
      now += ms;
      return vi.advanceTimersByTimeAsync(1_000);
    };
    await tick(1_000);
    await tick(2_500);
    expect(woke).not.toHaveBeenCalled();
    await tick(60_000);
    expect(woke).toHaveBeenCalledTimes(1);
    // Somebody set the clock back.
    await tick(-3_600_000);
    await tick(1_000);
    expect(woke).toHaveBeenCalledTimes(1);
    life.abort();
    await done;
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('streamMark', () => {
  it('is the same for the same stream only, and tells nothing of it', () => {
    expect(streamMark(ADDRESS)).toBe(streamMark(new URL(ADDRESS)));
    expect(streamMark(new URL('?direction=send', 'wss://host:3334/qlive/other'))).not.toBe(
      streamMark(ADDRESS),
    );
    expect(streamMark(ADDRESS)).toMatch(/^webrtc-broadcaster:[0-9a-f]{16}$/);
  });
});

describe('createTabLock', () => {
  it('keeps the stream from a second tab, which is told after a second', async () => {
    const first = createTabLock();
    const second = createTabLock();
    expect(await first.acquire('a', life.signal)).toBe(true);
    expect(page.heldLocks).toEqual(['a']);
    const asked = second.acquire('a', life.signal);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await asked).toBe(false);
    first.release();
    await settled();
    expect(await second.acquire('a', life.signal)).toBe(true);
    second.release();
    await settled();
    expect(page.heldLocks).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('takes a browser that is slow for no other tab', async () => {
    page.behaveWithLocks('SLOW');
    const asked = createTabLock().acquire('a', life.signal);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(await asked).toBe(true);
    expect(page.heldLocks).toEqual(['a']);
  });

  it('waits for who has just let go', async () => {
    const first = createTabLock();
    await first.acquire('a', life.signal);
    const asked = createTabLock().acquire('a', life.signal);
    await vi.advanceTimersByTimeAsync(500);
    first.release();
    await settled();
    expect(await asked).toBe(true);
  });

  it('holds one stream, for as long as it is wanted', async () => {
    const lock = createTabLock();
    expect(await lock.acquire('a', life.signal)).toBe(true);
    expect(await lock.acquire('a', life.signal)).toBe(true);
    expect(await lock.acquire('b', life.signal)).toBe(true);
    await settled();
    expect(page.heldLocks).toEqual(['b']);
  });

  it('ends with its signal, and then holds nothing', async () => {
    page.behaveWithLocks('HELD_ELSEWHERE');
    const asked = createTabLock().acquire('a', life.signal);
    asked.catch(() => {});
    await settled();
    life.abort(new Error('stopped'));
    await expect(asked).rejects.toThrow('stopped');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('locks nothing where there are no locks, or they may not be used', async () => {
    page.behaveWithLocks('FORBIDDEN');
    expect(await createTabLock().acquire('a', life.signal)).toBe(true);
    Reflect.deleteProperty(navigator, 'locks');
    expect(await createTabLock().acquire('a', life.signal)).toBe(true);
  });
});

describe('the marker of a live page', () => {
  it('is there for the page after the reload, once', () => {
    const mark = streamMark(ADDRESS);
    expect(takeLiveMarker(mark)).toBeNull();
    markLive(mark, 1_234);
    expect(JSON.stringify([...page.storage])).not.toContain('secret-key');
    expect(takeLiveMarker(mark)).toBe(1_234);
    expect(takeLiveMarker(mark)).toBeNull();
  });
});

describe('without a page', () => {
  it('nothing is watched, kept or locked', async () => {
    page.restore();
    const tell = vi.fn();
    watchNetwork(tell, life.signal);
    watchLeaving(tell, life.signal);
    warnBeforeLeaving(() => true, life.signal);
    await keepScreenOn(life.signal);
    markLive('a', 1);
    expect(takeLiveMarker('a')).toBeNull();
    expect(await createTabLock().acquire('a', life.signal)).toBe(true);
    expect(tell).not.toHaveBeenCalled();
    page = installFakePage();
  });
});
