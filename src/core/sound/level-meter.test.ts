import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeTrack } from '../../testing/index.js';
import { createLevelMeter } from './level-meter.js';

/** The reason why the context waits: none, a page without a gesture, or a call on the phone. */
type ContextBehaviour = 'RUNS' | 'WAITS_FOR_GESTURE' | 'INTERRUPTED';

let behaviour: ContextBehaviour;
const contexts: FakeAudioContext[] = [];

class FakeAudioContext extends EventTarget {
  state: string = behaviour === 'RUNS' ? 'running' : 'suspended';
  asked = 0;

  constructor() {
    super();
    contexts.push(this);
    if (behaviour === 'INTERRUPTED') this.state = 'interrupted';
  }

  become(state: string): void {
    this.state = state;
    this.dispatchEvent(new Event('statechange'));
  }

  resume(): Promise<void> {
    this.asked += 1;
    if (behaviour === 'RUNS' && this.state !== 'closed') {
      this.become('running');
      return Promise.resolve();
    }
    // As in Safari while a call goes on; in Chromium it hangs until there was a gesture.
    if (behaviour === 'INTERRUPTED') {
      return Promise.reject(new DOMException('Interrupted.', 'InvalidStateError'));
    }
    return new Promise(() => {});
  }

  close(): Promise<void> {
    this.become('closed');
    return Promise.resolve();
  }

  createAnalyser() {
    return { fftSize: 0, getFloatTimeDomainData: (into: Float32Array) => into.fill(0.5) };
  }

  createMediaStreamSource() {
    return { connect() {}, disconnect() {} };
  }
}

const page = new EventTarget();
const meter = () =>
  createLevelMeter(new FakeTrack('audio', 'Microphone') as unknown as MediaStreamTrack);

beforeEach(() => {
  contexts.length = 0;
  vi.stubGlobal('AudioContext', FakeAudioContext);
  vi.stubGlobal('MediaStream', class {});
  vi.stubGlobal('document', page);
});
afterEach(() => vi.unstubAllGlobals());

describe('createLevelMeter', () => {
  it.each([
    ['WAITS_FOR_GESTURE', 'pointerup'],
    ['WAITS_FOR_GESTURE', 'keydown'],
    ['INTERRUPTED', 'visibilitychange'],
  ] as const)('reads nothing while the context %s, and goes on at %s', (held, moment) => {
    behaviour = held;
    const { read, close } = meter();
    for (let frame = 0; frame < 100; frame += 1) expect(read()).toBe(0);
    // Asked at moments that may change something, not at each of the pictures drawn.
    expect(contexts[0]?.asked).toBe(1);
    behaviour = 'RUNS';
    page.dispatchEvent(new Event(moment));
    expect(read()).toBeGreaterThan(0.8);
    close();
  });

  it('goes on by itself when an interruption ends, and reads no sound of before it', () => {
    behaviour = 'RUNS';
    const { read, close } = meter();
    expect(read()).toBeGreaterThan(0.8);
    behaviour = 'INTERRUPTED';
    contexts[0]?.become('interrupted');
    expect(read()).toBe(0);
    behaviour = 'RUNS';
    contexts[0]?.become('suspended');
    expect(read()).toBeGreaterThan(0.8);
    close();
  });

  it('asks for nothing once it is closed', () => {
    behaviour = 'RUNS';
    const { close } = meter();
    close();
    page.dispatchEvent(new Event('pointerup'));
    expect(contexts[0]).toMatchObject({ state: 'closed', asked: 0 });
  });
});
