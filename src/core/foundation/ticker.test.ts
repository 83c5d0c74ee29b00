import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { keepTicking } from './ticker.js';
import { sleep, within } from './time.js';

/** A worker that ticks when the test says so, as one does while the page's own timers stand still. */
class FakeWorker extends EventTarget {
  static made: FakeWorker[] = [];
  readonly asked = new Map<number, number>();
  isTerminated = false;

  constructor() {
    super();
    FakeWorker.made.push(this);
  }

  postMessage({ id, ms }: { readonly id: number; readonly ms: number | null }): void {
    if (ms === null) this.asked.delete(id);
    else this.asked.set(id, ms);
  }

  terminate(): void {
    this.isTerminated = true;
  }

  tick(): void {
    for (const id of this.asked.keys()) {
      this.dispatchEvent(new MessageEvent('message', { data: id }));
    }
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  FakeWorker.made = [];
  vi.stubGlobal('Worker', FakeWorker);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** As `keepTicking`, once the worker is there. */
async function tickingFor(signal: AbortSignal): Promise<void> {
  keepTicking(signal);
  await vi.waitFor(() => expect(FakeWorker.made).toHaveLength(1));
}

const never = new Promise<never>(() => {});

describe('keepTicking', () => {
  it('wakes a sleeper whose own timer stands still', async () => {
    const life = new AbortController();
    await tickingFor(life.signal);
    const slept = sleep(5_000, life.signal);
    const late = within(never, 3_000, () => new Error('late'), life.signal);
    late.catch(() => {});
    await Promise.resolve();
    expect([...(FakeWorker.made[0]?.asked.values() ?? [])]).toEqual([5_000, 3_000]);
    FakeWorker.made[0]?.tick();
    await slept;
    await expect(late).rejects.toThrow('late');
    expect(vi.getTimerCount()).toBe(0);
    life.abort();
  });

  it('takes back what is not waited for any more', async () => {
    const life = new AbortController();
    await tickingFor(life.signal);
    const patience = new AbortController();
    const slept = sleep(5_000, patience.signal);
    slept.catch(() => {});
    patience.abort(new Error('enough'));
    await expect(slept).rejects.toThrow('enough');
    expect(FakeWorker.made[0]?.asked.size).toBe(0);
    const again = sleep(1_000, life.signal);
    await vi.advanceTimersByTimeAsync(1_000);
    await again;
    expect(FakeWorker.made[0]?.asked.size).toBe(0);
    life.abort();
  });

  it('shares one worker, and ends it with the last who wants it', async () => {
    const first = new AbortController();
    const second = new AbortController();
    keepTicking(first.signal);
    await tickingFor(second.signal);
    expect(FakeWorker.made).toHaveLength(1);
    first.abort();
    expect(FakeWorker.made[0]?.isTerminated).toBe(false);
    second.abort();
    expect(FakeWorker.made[0]?.isTerminated).toBe(true);
  });

  it('goes on with the timers of the page where the worker is refused', async () => {
    const life = new AbortController();
    await tickingFor(life.signal);
    const slept = sleep(1_000, life.signal);
    FakeWorker.made[0]?.dispatchEvent(new Event('error'));
    expect(FakeWorker.made[0]?.isTerminated).toBe(true);
    await vi.advanceTimersByTimeAsync(1_000);
    await slept;
    life.abort();
    vi.stubGlobal('Worker', function refuse() {
      throw new Error('refused');
    });
    const other = new AbortController();
    keepTicking(other.signal);
    const again = sleep(1_000, other.signal);
    await vi.advanceTimersByTimeAsync(1_000);
    await again;
    other.abort();
  });

  it('wakes nobody after its end', async () => {
    const life = new AbortController();
    await tickingFor(life.signal);
    const slept = vi.fn();
    void sleep(1_000, new AbortController().signal).then(slept);
    life.abort();
    expect(() => FakeWorker.made[0]?.tick()).not.toThrow();
    expect(slept).not.toHaveBeenCalled();
    vi.clearAllTimers();
  });
});
