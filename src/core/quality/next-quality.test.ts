import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StatsSample } from '../stats/sample.js';
import { nextQuality } from './next-quality.js';
import type { Quality } from './quality.js';
import { INITIAL_QUALITY } from './quality.js';
import { encodingWish, mostStepsDown } from './quality-steps.js';

const LIVE: Quality = { ...INITIAL_QUALITY, liveSince: 0 };

const BUSY: Partial<StatsSample> = { encodeMsPerFrame: 30, framesPerSecond: 30 };
const EASY: Partial<StatsSample> = { encodeMsPerFrame: 4, framesPerSecond: 30 };

/** The quality after so many seconds that are all alike. */
function pass(quality: Quality, seconds: number, patch: Partial<StatsSample>, from = 0): Quality {
  let next = quality;
  for (let second = 1; second <= seconds; second += 1) {
    const at = (from + second) * 1_000;
    const sample: StatsSample = { at, intervalMs: 1_000, picture: 'shown', ...patch };
    next = nextQuality(next, sample, at);
  }
  return next;
}

describe('the first seconds', () => {
  it('keep the full size, and then give way as was asked', () => {
    const asked = { ...LIVE.asked, degradationPreference: 'maintain-framerate' } as const;
    const wish = (seconds: number) =>
      encodingWish(pass({ ...LIVE, asked }, seconds, EASY)).degradationPreference;
    expect(wish(4)).toBe('maintain-resolution');
    expect(wish(5)).toBe('maintain-framerate');
  });

  it('are over sooner on a network that plainly cannot carry it', () => {
    const slow = { ...EASY, targetBitsPerSecond: 300_000 };
    expect(pass(LIVE, 1, slow).isRampedUp).toBe(false);
    expect(pass(LIVE, 2, slow).isRampedUp).toBe(true);
  });

  it('are not over for a cap that an unknown network has yet to grow to', () => {
    const asked = { ...LIVE.asked, maxVideoKbps: 5_000 };
    const growing = { ...EASY, targetBitsPerSecond: 2_000_000 };
    expect(pass({ ...LIVE, asked }, 4, growing).isRampedUp).toBe(false);
  });
});

describe('nextQuality', () => {
  it('steps down when the encoder has been overused for a while, step by step', () => {
    expect(pass(LIVE, 3, BUSY).stepsDown).toBe(0);
    expect(pass(LIVE, 4, BUSY).stepsDown).toBe(1);
    expect(pass(LIVE, 8, BUSY).stepsDown).toBe(2);
    expect(pass(LIVE, 99, BUSY).stepsDown).toBe(3);
  });

  it('steps down for a screen as for a camera, and for nothing that is not seen', () => {
    expect(pass(LIVE, 9, { ...BUSY, picture: 'screen' }).stepsDown).toBeGreaterThan(0);
    expect(pass(LIVE, 9, { ...BUSY, picture: 'muted' }).stepsDown).toBe(0);
  });

  it('passes over a moment', () => {
    let quality = LIVE;
    for (let moment = 0; moment < 20; moment += 1) {
      quality = pass(pass(quality, 1, BUSY), 1, EASY);
    }
    expect(quality.stepsDown).toBe(0);
  });

  it('steps down for what Chromium calls the processor’s limit, until the load is gone', () => {
    const limited = { cpuLimitedShare: 1, framesPerSecond: 30 };
    expect(pass(LIVE, 4, { ...limited, encodeMsPerFrame: 22 }).stepsDown).toBe(1);
    expect(pass(LIVE, 60, { ...limited, encodeMsPerFrame: 10 }).stepsDown).toBe(0);
  });

  it('does not give way to pressure that costs nothing', () => {
    const pressed: Quality = { ...LIVE, pressure: 'critical' };
    expect(pass(pressed, 60, EASY).stepsDown).toBe(0);
    expect(pass(pressed, 4, { ...EASY, encodeMsPerFrame: 25 }).stepsDown).toBe(1);
    expect(pass(LIVE, 60, { ...EASY, encodeMsPerFrame: 25 }).stepsDown).toBe(0);
  });

  it('goes up again after half a minute of room, and not under pressure', () => {
    const down = pass(LIVE, 4, BUSY);
    expect(pass(down, 29, EASY).stepsDown).toBe(1);
    expect(pass(down, 30, EASY).stepsDown).toBe(0);
    expect(pass({ ...down, pressure: 'serious' }, 300, EASY).stepsDown).toBe(1);
  });

  it('stays where the next step up would be too much', () => {
    const down = pass(LIVE, 4, BUSY);
    expect(pass(down, 300, { encodeMsPerFrame: 15, framesPerSecond: 30 }).stepsDown).toBe(1);
  });

  it('waits twice as long after going up too early', () => {
    const again = pass(pass(pass(LIVE, 4, BUSY), 30, EASY), 4, BUSY);
    expect(again.stepsDown).toBe(1);
    expect(pass(again, 59, EASY).stepsDown).toBe(1);
    expect(pass(again, 60, EASY).stepsDown).toBe(0);
  });

  it.each([
    ['the app forbids it', { asked: { ...LIVE.asked, adaptToMachine: false } }, {}],
    ['the camera is muted', {}, { picture: 'muted' }],
    ['the browser does not say', {}, { encodeMsPerFrame: undefined }],
    ['the encoder is hardware that has several frames in hand', {}, { isHardwareEncoder: true }],
  ] as const)('does nothing where %s', (_, quality, patch) => {
    expect(pass({ ...LIVE, ...quality }, 60, { ...BUSY, ...patch }).stepsDown).toBe(0);
  });

  it('changes nothing, not even its identity, while all is well', () => {
    const rampedUp = pass(LIVE, 10, EASY);
    expect(pass(rampedUp, 10, EASY)).toBe(rampedUp);
  });

  it.each([
    ['balanced', [1, 4 / 3, 2, 2], [null, null, null, 15]],
    ['maintain-framerate', [1, 4 / 3, 2, 4], [null, null, null, null]],
    ['maintain-resolution', [1, 1, 1, 1], [null, 20, 15, 10]],
  ] as const)('takes %s at its word', (degradationPreference, scales, rates) => {
    const asked = { ...LIVE.asked, degradationPreference };
    const wishes = [0, 1, 2, 3].map((stepsDown) => encodingWish({ ...LIVE, asked, stepsDown }));
    expect(wishes.map(({ scaleDownBy }) => scaleDownBy)).toEqual(scales);
    expect(wishes.map(({ maxFramesPerSecond }) => maxFramesPerSecond)).toEqual(rates);
  });

  it('stays within its steps whatever it sees', () => {
    const figure = fc.option(fc.double({ min: 0, noNaN: true }), { nil: undefined });
    const sample = fc.record({
      intervalMs: fc.constant(1_000),
      encodeMsPerFrame: figure,
      framesPerSecond: figure,
      cpuLimitedShare: figure,
      picture: fc.constantFrom('shown', 'muted', undefined),
    });
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 80 }), (samples) => {
        const end = samples.reduce(
          (quality, one, index) => nextQuality(quality, { at: index, ...one }, index * 1_000),
          LIVE,
        );
        expect(end.stepsDown).toBeGreaterThanOrEqual(0);
        expect(end.stepsDown).toBeLessThanOrEqual(mostStepsDown(end.asked.degradationPreference));
      }),
    );
  });
});
