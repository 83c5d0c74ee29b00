import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Pressure } from './quality.js';
import { watchPressure } from './watch-pressure.js';

type Callback = (records: readonly { readonly state: string }[]) => void;

/** Puts an observer in the browser's place that says what it is told to, or refuses. */
function installObserver(behaviour: 'OBSERVES' | 'FORBIDDEN') {
  const log = { disconnected: 0, say: (_state: string) => {} };
  class FakeObserver {
    constructor(callback: Callback) {
      log.say = (state) => callback([{ state: 'nominal' }, { state }]);
    }
    async observe() {
      if (behaviour === 'FORBIDDEN') throw new DOMException('', 'NotAllowedError');
    }
    disconnect() {
      log.disconnected += 1;
    }
  }
  vi.stubGlobal('PressureObserver', FakeObserver);
  return log;
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('watchPressure', () => {
  it('tells each change once, and nothing after it was ended', async () => {
    const observer = installObserver('OBSERVES');
    const ending = new AbortController();
    const told: Pressure[] = [];
    const watching = watchPressure((event) => {
      if (event.type === 'pressure-changed') told.push(event.pressure);
    }, ending.signal);
    for (const state of ['fair', 'fair', 'critical', 'melting']) observer.say(state);
    ending.abort();
    await watching;
    observer.say('nominal');
    expect(told).toEqual(['fair', 'critical', 'unknown']);
    expect(observer.disconnected).toBe(1);
  });

  it('ends quietly where the page may not know, and where there is no observer', async () => {
    const observer = installObserver('FORBIDDEN');
    const told = vi.fn();
    await watchPressure(told, new AbortController().signal);
    expect(observer.disconnected).toBe(1);
    vi.unstubAllGlobals();
    await watchPressure(told, new AbortController().signal);
    expect(told).not.toHaveBeenCalled();
  });
});
