import { describe, expect, it } from 'vitest';
import type { StatsSample } from './sample.js';
import { withSample } from './sample-ring.js';

const remembered = (...instants: readonly number[]) =>
  instants
    .map((at): StatsSample => ({ at }))
    .reduce<readonly StatsSample[]>(withSample, [])
    .map(({ at }) => at);

describe('withSample', () => {
  it('remembers samples for five minutes', () => {
    expect(remembered(1, 2, 300_000)).toEqual([1, 2, 300_000]);
    expect(remembered(1, 2, 300_001)).toEqual([2, 300_001]);
    expect(remembered(1, 2, 900_000)).toEqual([900_000]);
  });

  it('begins anew when the clock went back, and only then', () => {
    expect(remembered(5, 6, 4)).toEqual([4]);
    expect(remembered(5, 6, 6)).toEqual([5, 6, 6]);
  });

  it('remembers 600 at most while the clock stands still', () => {
    expect(remembered(...Array<number>(700).fill(7))).toHaveLength(600);
    expect(remembered(1, ...Array<number>(599).fill(7))).toHaveLength(600);
  });

  it('leaves the list that it was given as it was', () => {
    const before: readonly StatsSample[] = [{ at: 1 }];
    withSample(before, { at: 2 });
    expect(before).toEqual([{ at: 1 }]);
  });
});
