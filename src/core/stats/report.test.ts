import { describe, expect, it } from 'vitest';
import { greatestOf, growthOf, numberOf, readReport, sumOf } from './report.js';

const report = (...entries: readonly unknown[]) =>
  readReport(new Map(entries.map((entry, index) => [String(index), entry])) as never);

describe('readReport', () => {
  it('finds entries by their type, and by their kind where one is requested', () => {
    const [picture, sound, codec] = [
      { id: 'V', type: 'outbound-rtp', kind: 'video' },
      { id: 'A', type: 'outbound-rtp', kind: 'audio' },
      { id: 'C', type: 'codec' },
    ];
    const { ofType } = report(picture, null, 'text', undefined, sound, codec);
    expect(ofType('outbound-rtp')).toEqual([picture, sound]);
    expect(ofType('outbound-rtp', 'audio')).toEqual([sound]);
    expect(ofType('codec', 'video')).toEqual([]);
    expect(ofType('candidate-pair')).toEqual([]);
  });

  it('finds an entry by its id, and an empty one by any other', () => {
    const { byId } = report({ id: 'V', type: 'x' }, { type: 'without an id' }, { id: 7 });
    expect(byId('V')).toEqual({ id: 'V', type: 'x' });
    for (const id of ['W', undefined, null, 7]) expect(byId(id)).toEqual({});
  });

  it('is of its newest instant, of 0 without one', () => {
    expect(report({ timestamp: 5 }, { timestamp: 9 }, { timestamp: 7 }, {}).at).toBe(9);
    expect(report({}, { timestamp: 'late' }).at).toBe(0);
  });
});

describe('the pair that packets take', () => {
  const pair = (id: unknown, more: object = {}) => ({ id, type: 'candidate-pair', ...more });
  const succeeded = { nominated: true, state: 'succeeded' };

  it('is the one that the transport names, before any that a browser marks', () => {
    const transport = { id: 'T', type: 'transport', selectedCandidatePairId: 'B' };
    const marked = pair('A', { selected: true });
    expect(report(marked, pair('B'), transport).pair).toEqual(pair('B'));
    expect(report(pair('C', succeeded), marked).pair).toEqual(marked);
  });

  it('is else one that was nominated and works', () => {
    const works = pair('C', succeeded);
    const others = [
      pair('A', { nominated: true, state: 'in-progress' }),
      pair('B', { nominated: false, state: 'succeeded' }),
    ];
    expect(report(...others, works).pair).toEqual(works);
    expect(report(...others).pair).toEqual({});
  });

  it('is none where neither a transport nor a pair has an id', () => {
    expect(report({ type: 'transport' }, pair(undefined)).pair).toEqual({});
  });
});

describe('the figures', () => {
  it('are numbers from 0 on, no greater than can be counted', () => {
    const entry = { zero: 0, most: Number.MAX_SAFE_INTEGER, text: '1', below: -1, over: 2 ** 53 };
    expect(numberOf(entry, 'zero')).toBe(0);
    expect(numberOf(entry, 'most')).toBe(Number.MAX_SAFE_INTEGER);
    for (const field of ['text', 'below', 'over', 'missing']) {
      expect(numberOf(entry, field)).toBeUndefined();
    }
  });

  it('grow from one report to the next, and never go back', () => {
    expect(growthOf({ n: 5 }, { n: 3 }, 'n')).toBe(2);
    expect(growthOf({ n: 5 }, { n: 5 }, 'n')).toBe(0);
    expect(growthOf({ n: 5 }, { n: 6 }, 'n')).toBeUndefined();
    expect(growthOf({ n: 5 }, {}, 'n')).toBeUndefined();
    expect(growthOf({}, { n: 5 }, 'n')).toBeUndefined();
  });

  it('are added and compared as far as they are known', () => {
    expect(sumOf([1, undefined, 2])).toBe(3);
    expect(greatestOf([1, undefined, 2, 0])).toBe(2);
    for (const none of [[], [undefined]]) {
      expect(sumOf(none)).toBeUndefined();
      expect(greatestOf(none)).toBeUndefined();
    }
  });
});
