import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FakeAudio } from '../../testing/fake-audio.js';
import { installFakeAudio } from '../../testing/fake-audio.js';
import { FakeTrack } from '../../testing/fake-devices.js';
import type { LevelSample } from './level.js';
import { createLevelMeter } from './level-meter.js';

let audio: FakeAudio;
// Code that is loaded on use comes from the disk, which no fake clock moves.
beforeAll(() => Promise.all([import('./measure-level.js'), import('./level-worklet-url.js')]));
beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  audio.restore();
  vi.useRealTimers();
});

/** A meter that has been opened, and everything that it said. */
async function metering(
  installed: FakeAudio,
  options: Parameters<typeof createLevelMeter>[1] = {},
) {
  audio = installed;
  const track = new FakeTrack('audio', 'Microphone');
  const meter = createLevelMeter(track as unknown as MediaStreamTrack, options);
  const samples: LevelSample[] = [];
  const unsubscribe = meter.subscribe((sample) => samples.push(sample));
  await vi.advanceTimersByTimeAsync(60);
  return { meter, samples, track, unsubscribe };
}

const hear = async (amplitude: number) => {
  audio.measure(amplitude);
  for (const context of audio.contexts) context.amplitude = amplitude;
  await vi.advanceTimersByTimeAsync(60);
};

describe('a level meter', () => {
  it('reads what the worklet measures, from the file of the package', async () => {
    const { meter, samples } = await metering(installFakeAudio());
    expect(audio.contexts[0]?.modules[0]).toMatch(/^file:.*\/level-worklet\.js$/);
    expect(meter.read()).toBe(0);
    await hear(0.5);
    expect(meter.read()).toBeCloseTo(0.9, 2);
    expect(samples).toEqual([{ rms: 0.5, peak: 0.5 }]);
    await hear(0.001);
    expect(meter.read()).toBe(0);
    meter.close();
  });

  it('takes the file from where the app serves it', async () => {
    const { meter } = await metering(installFakeAudio(), { workletUrl: '/kit/level.js' });
    expect(audio.contexts[0]?.modules).toEqual(['/kit/level.js']);
    meter.close();
  });

  it.each(['MISSING', 'BLOCKED'] as const)(
    'measures on the page where worklets are %s',
    async (worklet) => {
      const { meter, samples } = await metering(installFakeAudio('RUNS', worklet));
      await hear(0.5);
      expect(meter.read()).toBeCloseTo(0.9, 2);
      expect(samples.at(-1)?.peak).toBeCloseTo(0.5, 5);
      meter.close();
      const { length } = samples;
      await vi.advanceTimersByTimeAsync(1_000);
      expect(samples).toHaveLength(length);
    },
  );

  it.each(['MISSING', 'REFUSES', 'REFUSES_TRACKS'] as const)(
    'reads 0 where Web Audio %s',
    async (behaviour) => {
      const { meter, samples } = await metering(installFakeAudio(behaviour));
      await hear(0.5);
      expect([meter.read(), meter.peak(), samples.length]).toEqual([0, 0, 0]);
      expect(audio.contexts.every(({ state }) => state === 'closed')).toBe(true);
      meter.close();
    },
  );

  it('holds a peak, lets it fall, and follows a higher one', async () => {
    const { meter } = await metering(installFakeAudio());
    await hear(1);
    await hear(0.01);
    expect(meter.peak()).toBe(1);
    await vi.advanceTimersByTimeAsync(1_000);
    await hear(0.01);
    expect(meter.peak()).toBe(1);
    await vi.advanceTimersByTimeAsync(1_000);
    await hear(0.01);
    expect(meter.peak()).toBeGreaterThan(0.4);
    expect(meter.peak()).toBeLessThan(0.9);
    await vi.advanceTimersByTimeAsync(2_000);
    await hear(0.01);
    // Never below what is heard now.
    expect(meter.peak()).toBeCloseTo(1 / 3, 2);
    await hear(0.5);
    expect(meter.peak()).toBeCloseTo(0.9, 2);
    meter.close();
  });

  it('shares one context with the others, which ends with the last of them', async () => {
    const { meter } = await metering(installFakeAudio());
    const other = createLevelMeter(new FakeTrack('audio', 'x') as unknown as MediaStreamTrack);
    await vi.advanceTimersByTimeAsync(60);
    expect(audio.contexts).toHaveLength(1);
    expect(audio.contexts[0]?.modules).toHaveLength(1);
    meter.close();
    await vi.advanceTimersByTimeAsync(60);
    expect([audio.contexts[0]?.state, audio.worklets()]).toEqual(['running', 1]);
    other.close();
    await vi.advanceTimersByTimeAsync(60);
    expect([audio.contexts[0]?.state, audio.worklets()]).toEqual(['closed', 0]);
  });

  it('that is closed before it opened holds nothing, and never stops the track', async () => {
    audio = installFakeAudio();
    const track = new FakeTrack('audio', 'Microphone');
    const meter = createLevelMeter(track as unknown as MediaStreamTrack);
    meter.close();
    await vi.advanceTimersByTimeAsync(60);
    expect(audio.contexts).toEqual([]);
    expect(track.readyState).toBe('live');
  });
});

describe('a context that is held back', () => {
  it.each([
    ['WAITS_FOR_GESTURE', 'pointerup'],
    ['WAITS_FOR_GESTURE', 'keydown'],
    ['INTERRUPTED', 'visibilitychange'],
  ] as const)('and %s reads nothing, and goes on at %s', async (held, moment) => {
    const { meter } = await metering(installFakeAudio(held));
    for (let frame = 0; frame < 100; frame += 1) {
      await hear(0.5);
      expect(meter.read()).toBe(0);
    }
    // Asked at moments that may change something, not at each of the pictures drawn.
    expect(audio.contexts[0]?.asked).toBe(1);
    audio.behave('RUNS');
    document.dispatchEvent(new Event(moment));
    await hear(0.5);
    expect(meter.read()).toBeGreaterThan(0.8);
    meter.close();
  });

  it('goes on by itself when an interruption ends, and reads no sound of before it', async () => {
    const { meter } = await metering(installFakeAudio());
    await hear(0.5);
    expect(meter.read()).toBeGreaterThan(0.8);
    audio.behave('INTERRUPTED');
    audio.contexts[0]?.become('interrupted');
    expect(meter.read()).toBe(0);
    audio.behave('RUNS');
    audio.contexts[0]?.become('suspended');
    await hear(0.5);
    expect(meter.read()).toBeGreaterThan(0.8);
    meter.close();
  });

  it('is asked for nothing once the meter is closed', async () => {
    const { meter } = await metering(installFakeAudio());
    meter.close();
    await vi.advanceTimersByTimeAsync(60);
    document.dispatchEvent(new Event('pointerup'));
    expect(audio.contexts[0]).toMatchObject({ state: 'closed', asked: 0 });
  });
});
