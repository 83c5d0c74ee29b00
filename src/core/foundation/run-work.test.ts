import { describe, expect, it, vi } from 'vitest';
import type { Work } from './run-work.js';
import { runWork } from './run-work.js';
import { createStore } from './store.js';

/** A store whose state is the key of the work wanted, and work that tells what it does. */
function setUp() {
  const store = createStore<string | null, string | null>(null, (_, next) => next);
  const told: string[] = [];
  const finish = new Map<string, () => void>();
  const crashed = vi.fn();
  const work = (key: string): Work => ({
    key,
    async run(signal) {
      told.push(`start ${key}`);
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      told.push(`abort ${key}`);
      if (key.startsWith('slow')) await new Promise<void>((done) => finish.set(key, done));
      if (key.startsWith('bad')) throw new Error(key);
      told.push(`end ${key}`);
    },
  });
  const slot = runWork(
    store,
    () => {
      const key = store.getSnapshot();
      return key === null ? null : work(key);
    },
    crashed,
  );
  return { store, slot, told, finish, crashed };
}

const turn = () => new Promise((resolve) => setTimeout(resolve));

describe('runWork', () => {
  it('starts work when the state asks for it, and aborts it when it does not', async () => {
    const { store, slot, told } = setUp();
    store.dispatch('a');
    await turn();
    expect(told).toEqual(['start a']);
    store.dispatch(null);
    await slot.drained();
    expect(told).toEqual(['start a', 'abort a', 'end a']);
  });

  it('lets new work wait until the old has cleaned up', async () => {
    const { store, slot, told, finish } = setUp();
    store.dispatch('slow');
    await turn();
    store.dispatch('b');
    await turn();
    expect(told).toEqual(['start slow', 'abort slow']);
    finish.get('slow')?.();
    await slot.drained();
    await turn();
    expect(told).toEqual(['start slow', 'abort slow', 'end slow', 'start b']);
  });

  it('never starts work that is no longer wanted when its turn comes', async () => {
    const { store, told } = setUp();
    store.dispatch('a');
    store.dispatch('b');
    store.dispatch('c');
    await turn();
    expect(told).toEqual(['start c']);
  });

  it('reports work that crashes, and goes on', async () => {
    const { store, told, crashed } = setUp();
    store.dispatch('bad');
    await turn();
    store.dispatch('b');
    await turn();
    expect(crashed).toHaveBeenCalledWith(new Error('bad'));
    expect(told).toContain('start b');
  });
});
