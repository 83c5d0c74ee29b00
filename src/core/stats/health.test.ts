import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Health } from './health.js';
import { assessHealth } from './health.js';
import type { StatsSample } from './sample.js';

const GOOD: StatsSample = {
  at: 0,
  intervalMs: 1_000,
  targetBitsPerSecond: 2_500_000,
  videoBitsPerSecond: 2_400_000,
  audioBitsPerSecond: 32_000,
  framesPerSecond: 30,
  sourceFramesPerSecond: 30,
  encodeMsPerFrame: 4,
  cpuLimitedShare: 0,
  roundTripMs: 30,
  lossShare: 0,
  silentMs: 80,
  audioLevel: 0.1,
  picture: 'shown',
  sound: 'heard',
};

/** Firefox does not say what limits it. */
const SLOW_IN_FIREFOX: Partial<StatsSample> = {
  targetBitsPerSecond: 300_000,
  sourceFramesPerSecond: 10,
  framesPerSecond: 10,
};

const ASKED = { askedBitsPerSecond: 2_500_000, askedFramesPerSecond: 30 };

/** Seconds that follow each other, each different from a good one in so much. */
const line = (...seconds: readonly Partial<StatsSample>[]): readonly StatsSample[] =>
  seconds.map((patch, index) => ({ ...GOOD, at: 1_000 * (index + 1), ...patch }));

const times = (count: number, patch: Partial<StatsSample> = {}) =>
  Array<Partial<StatsSample>>(count).fill(patch);

const verdict = (...seconds: readonly Partial<StatsSample>[]): Health =>
  assessHealth(line(...seconds), ASKED);

describe('assessHealth', () => {
  it('is unknown before there is enough to judge', () => {
    expect(assessHealth([], ASKED).level).toBe('unknown');
    expect(verdict({}).level).toBe('unknown');
    expect(verdict({}, {}).level).toBe('excellent');
  });

  it('is unknown of a browser that says nothing', () => {
    const silent = times(20, {}).map((_, index) => ({
      at: 1_000 * (index + 1),
      intervalMs: 1_000,
    }));
    expect(assessHealth(silent, ASKED)).toEqual({ level: 'unknown', reasons: [] });
  });

  it.each([
    ['loss', { lossShare: 0.05 }, 'fair', ['network-loss']],
    ['heavy loss', { lossShare: 0.2 }, 'poor', ['network-loss']],
    ['delay', { roundTripMs: 400 }, 'fair', ['network-delay']],
    ['a slow line', { targetBitsPerSecond: 300_000 }, 'poor', ['network-slow']],
    [
      'a slow line that loses',
      { targetBitsPerSecond: 300_000, lossShare: 0.1, framesPerSecond: 5 },
      'poor',
      ['network-slow'],
    ],
    [
      'a slow line that is also a long one',
      { targetBitsPerSecond: 300_000, roundTripMs: 900 },
      'poor',
      ['network-slow', 'network-delay'],
    ],
    [
      'a slow line for which the browser asks the camera for fewer',
      {
        targetBitsPerSecond: 300_000,
        limitation: 'bandwidth',
        sourceFramesPerSecond: 10,
        framesPerSecond: 10,
      },
      'poor',
      ['network-slow'],
    ],
    ['a camera that a slow line slows', SLOW_IN_FIREFOX, 'poor', ['network-slow']],
    ['a slow encoder', { encodeMsPerFrame: 29 }, 'fair', ['cpu']],
    ['a limit that is the processor', { cpuLimitedShare: 1, framesPerSecond: 25 }, 'fair', ['cpu']],
    ['a dark room', { sourceFramesPerSecond: 10, framesPerSecond: 10 }, 'fair', ['camera-slow']],
    ['no frames', { framesPerSecond: 0, encodeMsPerFrame: undefined }, 'poor', ['no-picture']],
    [
      'a covered lens',
      { look: 'black', sourceFramesPerSecond: 5, framesPerSecond: 5 },
      'poor',
      ['picture-black'],
    ],
    ['one picture again and again', { look: 'still' }, 'fair', ['picture-still']],
    [
      'a frozen driver',
      { look: 'still', framesPerSecond: 0, sourceFramesPerSecond: 0 },
      'poor',
      ['no-picture'],
    ],
    ['few frames', { framesPerSecond: 5 }, 'poor', ['few-pictures']],
    ['unsent sound', { audioBitsPerSecond: 0 }, 'poor', ['no-sound']],
    ['digital silence', { audioLevel: 0 }, 'fair', ['no-sound']],
    ['a long way', { roundTripMs: 200 }, 'good', []],
    ['just enough loss to be felt', { lossShare: 0.02 }, 'fair', ['network-loss']],
    ['loss that is not felt', { lossShare: 0.019 }, 'good', []],
  ] as const)('names %s', (_, patch, level, reasons) => {
    expect(verdict(...times(12, patch))).toEqual({ level, reasons });
  });

  it.each([
    ['black frames', { picture: 'muted', framesPerSecond: 1, sourceFramesPerSecond: 1 }],
    ['a muted microphone', { sound: 'muted', audioLevel: 0 }],
    ['a picture that moves', { look: 'moving' }],
    ['a still picture that is hidden', { picture: 'muted', look: 'still' }],
    ['no camera', { picture: 'none', framesPerSecond: undefined }],
    [
      'a still picture that needs little',
      { videoBitsPerSecond: 100_000, targetBitsPerSecond: 9e5 },
    ],
    ['an estimate that nothing asked of', { targetBitsPerSecond: 5_000_000 }],
    [
      'an encoder in hardware, which has several frames in hand',
      { encodeMsPerFrame: 40, isHardwareEncoder: true },
    ],
  ] as const)('does not blame %s', (_, patch) => {
    expect(verdict(...times(12, patch)).level).toBe('excellent');
  });

  it('names the worst first, and every cause of its own', () => {
    const { level, reasons } = verdict(...times(12, { roundTripMs: 400, audioBitsPerSecond: 0 }));
    expect(level).toBe('poor');
    expect(reasons).toEqual(['no-sound', 'network-delay']);
  });

  it('turns worse after two samples in a row and better after five, and does not flicker', () => {
    const seen: string[] = [];
    const seconds: Partial<StatsSample>[] = [];
    const lost = { lossShare: 0.05 };
    for (const patch of [{}, {}, lost, {}, lost, lost, {}, {}, {}, lost, {}, {}, {}, {}, {}]) {
      seconds.push(patch);
      seen.push(verdict(...seconds).level);
    }
    expect(seen).toEqual([
      'unknown',
      ...Array(4).fill('excellent'),
      ...Array(9).fill('fair'),
      'excellent',
    ]);
  });

  it('forgives a single second that went unmeasured, and begins anew after two', () => {
    const silent = times(5, { audioLevel: 0 });
    const unmeasured = { audioLevel: undefined };
    expect(verdict(...silent, unmeasured, ...silent).reasons).toEqual(['no-sound']);
    expect(verdict(...silent, unmeasured, unmeasured, ...silent).reasons).toEqual([]);
  });

  it.each([
    ['microphone that was silent', 'no-sound', { audioLevel: 0 }, { sound: 'muted' }],
    [
      'camera that was in the dark',
      'camera-slow',
      { sourceFramesPerSecond: 10 },
      { picture: 'muted' },
    ],
  ] as const)('forgets a %s once it is muted', (_, reason, before, after) => {
    expect(verdict(...times(30, before)).reasons).toContain(reason);
    expect(verdict(...times(28, before), ...times(2, { ...before, ...after })).reasons).toEqual([]);
  });

  it('takes the queue of a slow line for no delay of its own', () => {
    const slow = { targetBitsPerSecond: 300_000 };
    const queued = times(7, { ...slow, roundTripMs: 3_500 });
    for (let drained = 0; drained < 12; drained += 1) {
      const { reasons } = verdict(...times(5), ...queued, ...times(drained, slow));
      expect(reasons).toEqual(['network-slow']);
    }
  });

  it('does not call a picture excellent that was made smaller for the machine', () => {
    const relieved = (stepsDown: number) =>
      assessHealth(line(...times(9)), { ...ASKED, stepsDown });
    expect(relieved(1)).toEqual({ level: 'good', reasons: [] });
    expect(relieved(3)).toEqual({ level: 'fair', reasons: ['cpu'] });
  });

  it('gives the same object for the same verdict', () => {
    expect(verdict(...times(5, { lossShare: 0.05 }))).toBe(
      verdict(...times(9, { lossShare: 0.05 })),
    );
  });

  describe('stalled', () => {
    it('when nothing was received for 1.5 s, at once', () => {
      expect(verdict(...times(5), { silentMs: 1_400 }).level).toBe('excellent');
      expect(verdict(...times(5), { silentMs: 1_500 })).toEqual({
        level: 'stalled',
        reasons: ['no-answer'],
      });
    });

    it('not any more with the first packet that arrives', () => {
      expect(verdict(...times(5), { silentMs: 2_500 }, {}).level).not.toBe('stalled');
    });

    it('counts the samples of a browser that does not say since when', () => {
      const nothing = { silentMs: 1_000 };
      expect(verdict(...times(5), nothing).level).toBe('excellent');
      expect(verdict(...times(5), nothing, nothing).level).toBe('stalled');
    });

    it('gives an ingest that is quiet by nature more time', () => {
      const quiet = [{ silentMs: 900 }, { silentMs: 800 }, { silentMs: 950 }];
      expect(verdict(...quiet, ...quiet, { silentMs: 2_000 }).level).not.toBe('stalled');
      expect(verdict(...quiet, ...quiet, { silentMs: 3_000 }).level).toBe('stalled');
    });

    it('takes for usual what is in the middle, however the seconds came', () => {
      const stalled = (...usual: readonly number[]) =>
        verdict(...usual.map((silentMs) => ({ silentMs })), { silentMs: 2_000 }).level;
      expect(stalled(900, 900, 80, 900, 900)).not.toBe('stalled');
      expect(stalled(80, 80, 900, 80, 80)).toBe('stalled');
    });

    it('takes for usual what the last half minute was like', () => {
      const quieter = times(29, { silentMs: 900 });
      expect(verdict(...times(60), ...quieter, { silentMs: 2_000 }).level).not.toBe('stalled');
    });

    it('for as long as the silence lasts, which is never taken for usual', () => {
      const silence = times(24).map((_, second) => ({ silentMs: 1_500 + second * 1_000 }));
      expect(verdict(...times(5), ...silence).level).toBe('stalled');
    });

    it('not by a silence that ended in a sample of no length', () => {
      const silent = line(...times(5), { silentMs: 2_500 });
      const heard = { ...GOOD, at: 6_100, intervalMs: undefined, silentMs: 0 };
      expect(assessHealth([...silent, heard], ASKED).level).not.toBe('stalled');
    });

    it('not while the connection says that an ingest which says nothing answers', () => {
      const samples = line(...times(20, {}).map((_, index) => ({ silentMs: index * 1_000 })));
      expect(assessHealth(samples, { ...ASKED, isSilent: false }).level).toBe('excellent');
    });

    it('while the connection says so, whatever was measured', () => {
      const health = assessHealth(line(...times(5)), { ...ASKED, isSilent: true });
      expect(health.level).toBe('stalled');
    });
  });

  it('begins anew after a gap, and learns nothing from a second that took an hour', () => {
    const lost = line(...times(5, { lossShare: 0.2 }));
    const later = line(...times(2)).map((sample) => ({ ...sample, at: sample.at + 3_600_000 }));
    expect(assessHealth([...lost, ...later], ASKED).level).toBe('excellent');
    const slept = { ...GOOD, at: 3_605_000, intervalMs: 3_600_000, framesPerSecond: 0.01 };
    expect(assessHealth([...line(...times(5)), slept], ASKED).level).toBe('excellent');
  });

  it('begins anew where more than half a second is missing, or the clock was set back', () => {
    const lost = line(...times(5, { lossShare: 0.2 }));
    const levelAfter = (gapMs: number) => {
      const later = line(...times(2)).map((sample) => ({ ...sample, at: sample.at + gapMs }));
      return assessHealth([...lost, ...later], ASKED).level;
    };
    expect(levelAfter(5_000)).toBe('poor');
    expect(levelAfter(5_500)).toBe('poor');
    expect(levelAfter(5_501)).toBe('excellent');
    expect(levelAfter(0)).toBe('excellent');
  });

  it('keeps its verdict through a report that is the same as the one before', () => {
    const lost = line(...times(5, { lossShare: 0.2 }));
    const again = { at: 5_000, silentMs: 80 };
    expect(assessHealth([...lost, again], ASKED).reasons).toEqual(['network-loss']);
  });

  it('has a verdict on any samples at all', () => {
    const figure = fc.option(fc.double({ noNaN: true, min: 0 }), { nil: undefined });
    const sample = fc.record({
      at: fc.integer({ min: 0, max: 1_000_000 }),
      intervalMs: figure,
      targetBitsPerSecond: figure,
      framesPerSecond: figure,
      roundTripMs: figure,
      lossShare: figure,
      silentMs: figure,
      encodeMsPerFrame: figure,
      picture: fc.constantFrom('shown', 'muted', 'none', undefined),
    });
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 20 }), (samples) => {
        const { level, reasons } = assessHealth(samples, ASKED);
        const isRough = ['fair', 'poor', 'stalled'].includes(level);
        expect(reasons.length > 0).toBe(isRough);
      }),
    );
  });
});
