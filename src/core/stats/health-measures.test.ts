import { describe, expect, it } from 'vitest';
import type { HealthContext } from './health-measures.js';
import { measureHealth } from './health-measures.js';
import type { StatsSample } from './sample.js';

/** A second of which nothing is known but that a camera and a microphone are on. */
const SECOND: StatsSample = { at: 0, intervalMs: 1_000, picture: 'shown', sound: 'heard' };

const measured = (sample: Partial<StatsSample>, context: HealthContext = {}) =>
  measureHealth({ ...SECOND, ...sample }, context);

describe('measureHealth', () => {
  it('knows nothing of a second of which the browser says nothing', () => {
    expect(Object.values(measured({})).filter((value) => value !== undefined)).toEqual([]);
  });

  it('takes an interval of five seconds, and none that is longer or unknown', () => {
    const lost = { lossShare: 0.1 };
    expect(measured({ ...lost, intervalMs: 5_000 })['network-loss']).toBe(0.1);
    expect(measured({ ...lost, intervalMs: 5_001 })).toEqual({});
    expect(measured({ ...lost, intervalMs: undefined })).toEqual({});
  });

  it('measures no picture while none is shown', () => {
    const slow = { framesPerSecond: 5, sourceFramesPerSecond: 5, cpuLimitedShare: 1 } as const;
    for (const picture of ['muted', 'none', undefined] as const) {
      const measures = measured({ ...slow, look: 'black', picture });
      expect(Object.values(measures).filter((value) => value !== undefined)).toEqual([]);
    }
  });
});

describe('the network', () => {
  const asked = { askedBitsPerSecond: 2_000_000 };

  it('is slow by the share of the asked-for rate that it does not carry', () => {
    expect(measured({ targetBitsPerSecond: 500_000 }, asked)['network-slow']).toBe(0.75);
    expect(measured({ targetBitsPerSecond: 2_500_000 }, asked)['network-slow']).toBe(0);
  });

  it('is not judged without a target, or a rate that was requested', () => {
    expect(measured({ targetBitsPerSecond: 500_000 })['network-slow']).toBeUndefined();
    expect(measured({ videoBitsPerSecond: 9 }, asked)['network-slow']).toBeUndefined();
  });

  it.each([
    ['an encoder that uses it', 700_000, 30, 30, 0.5],
    ['an encoder that has no need of it', 699_999, 30, 30, 0],
    ['an encoder that has no need of it, and sends most frames', 100_000, 16, 30, 0],
    ['an encoder that sends half of the frames', 100_000, 15, 30, 0.5],
    ['an encoder of which no frames are known', 100_000, undefined, undefined, 0.5],
  ])('is measured at %s', (_, video, framesPerSecond, sourceFramesPerSecond, share) => {
    const sample = {
      targetBitsPerSecond: 1_000_000,
      videoBitsPerSecond: video,
      framesPerSecond,
      sourceFramesPerSecond,
    };
    expect(measured(sample, asked)['network-slow']).toBe(share);
  });

  it('is as slow as its target says where nothing is known of the picture', () => {
    const frames = { framesPerSecond: 30, sourceFramesPerSecond: 30 };
    const { 'network-slow': share } = measured({ targetBitsPerSecond: 1e6, ...frames }, asked);
    expect(share).toBe(0.5);
  });
});

describe('the machine', () => {
  const cpu = (sample: Partial<StatsSample>, context?: HealthContext) =>
    measured(sample, context).cpu;

  it('is used for the time that the encoder works between two frames', () => {
    expect(cpu({ encodeMsPerFrame: 20, framesPerSecond: 25 })).toBe(0.5);
    expect(cpu({ encodeMsPerFrame: 20, framesPerSecond: 25, isHardwareEncoder: false })).toBe(0.5);
    expect(cpu({ encodeMsPerFrame: 20 })).toBeUndefined();
    expect(cpu({ framesPerSecond: 25 })).toBeUndefined();
  });

  it('is at its limit with an encoder in hardware that works for two frames at once', () => {
    const hardware = { isHardwareEncoder: true, framesPerSecond: 25 } as const;
    expect(cpu({ ...hardware, encodeMsPerFrame: 80 })).toBeCloseTo(0.85);
    expect(cpu({ ...hardware, encodeMsPerFrame: 40 })).toBeCloseTo(0.425);
  });

  it('is at its limit where the browser says so for half of the time', () => {
    const easy = { encodeMsPerFrame: 4, framesPerSecond: 25 };
    expect(cpu({ ...easy, cpuLimitedShare: 0.5 })).toBe(0.85);
    expect(cpu({ ...easy, cpuLimitedShare: 0.49 })).toBe(0.1);
    expect(cpu({ cpuLimitedShare: 0.5 })).toBe(0.85);
    expect(cpu({ cpuLimitedShare: 0.49 })).toBeUndefined();
    expect(cpu({ encodeMsPerFrame: 40, framesPerSecond: 25, cpuLimitedShare: 1 })).toBe(1);
  });

  it('is no less used than before its picture was made smaller', () => {
    const easy = { encodeMsPerFrame: 4, framesPerSecond: 25 };
    expect(cpu(easy, { stepsDown: 0 })).toBe(0.1);
    expect([1, 2, 3].map((stepsDown) => cpu(easy, { stepsDown }))).toEqual([0.7, 0.85, 0.85]);
    expect(cpu({}, { stepsDown: 1 })).toBe(0.7);
    expect(cpu({ encodeMsPerFrame: 40, framesPerSecond: 25 }, { stepsDown: 1 })).toBe(1);
  });
});

describe('the picture', () => {
  const asked = { askedFramesPerSecond: 20 };

  it('is measured by the time from frame to frame, where that is more than requested', () => {
    const ms = (framesPerSecond: number, context?: HealthContext) =>
      measured({ framesPerSecond }, context)['few-pictures'];
    expect(ms(10)).toBe(100);
    expect(ms(10, asked)).toBe(100);
    expect(ms(15, asked)).toBe(0);
    expect(ms(14.9, asked)).toBeCloseTo(67.1, 1);
    expect(ms(0)).toBe(10_000);
  });

  it('comes slowly from the camera only while the browser does not hold it back', () => {
    const ms = (sample: Partial<StatsSample>) => measured(sample, asked)['camera-slow'];
    expect(ms({ sourceFramesPerSecond: 10 })).toBe(100);
    expect(ms({ sourceFramesPerSecond: 10, limitation: 'none' })).toBe(100);
    expect(ms({ sourceFramesPerSecond: 10, limitation: 'bandwidth' })).toBeUndefined();
    expect(ms({ framesPerSecond: 10 })).toBeUndefined();
  });

  it('is missing where no frame is sent, or the browser knows of sound alone', () => {
    const missing = (sample: Partial<StatsSample>) => measured(sample)['no-picture'];
    expect(missing({ framesPerSecond: 0 })).toBe(1);
    expect(missing({ framesPerSecond: 1 })).toBe(0);
    expect(missing({ audioBitsPerSecond: 32_000 })).toBe(1);
    expect(missing({ audioBitsPerSecond: 32_000, videoBitsPerSecond: 0 })).toBeUndefined();
    expect(missing({ videoBitsPerSecond: 0 })).toBeUndefined();
  });

  it('of a screen is missed where something moves on it, and never slow, black or still', () => {
    const screen = (sample: Partial<StatsSample>) => measured({ ...sample, picture: 'screen' });
    const slow = { framesPerSecond: 1, sourceFramesPerSecond: 1, look: 'still' } as const;
    const measures = screen(slow);
    expect(Object.values(measures).filter((value) => value !== undefined)).toEqual([]);
    const lively = { framesPerSecond: 0, sourceFramesPerSecond: 5, cpuLimitedShare: 1 };
    expect(screen(lively)).toMatchObject({ 'no-picture': 1, cpu: 0.85 });
    expect(screen({ framesPerSecond: 0 })['no-picture']).toBeUndefined();
  });

  it('is black, or stands still, as it looks', () => {
    const looks = (['black', 'still', 'moving'] as const).map((look) => measured({ look }));
    expect(looks.map((measures) => measures['picture-black'])).toEqual([1, 0, 0]);
    expect(looks.map((measures) => measures['picture-still'])).toEqual([0, 1, 0]);
  });
});

describe('the sound', () => {
  const missing = (sample: Partial<StatsSample>) => measured(sample)['no-sound'];

  it('is missing where nothing of it is sent, or the browser knows of a picture alone', () => {
    expect(missing({ audioBitsPerSecond: 0, audioLevel: 0.5 })).toBe(2);
    expect(missing({ videoBitsPerSecond: 1, audioLevel: 0.5 })).toBe(2);
    expect(missing({ videoBitsPerSecond: 1, audioBitsPerSecond: 1, audioLevel: 0.5 })).toBe(0);
  });

  it('is silence below 80 dB under full scale', () => {
    expect(missing({ audioLevel: 0 })).toBe(1);
    expect(missing({ audioLevel: 0.000_099 })).toBe(1);
    expect(missing({ audioLevel: 0.0001 })).toBe(0);
    expect(missing({ audioBitsPerSecond: 1 })).toBeUndefined();
  });

  it('is not missed while the microphone is muted', () => {
    expect(missing({ audioLevel: 0, sound: 'muted' })).toBeUndefined();
  });
});
