import { describe, expect, it } from 'vitest';
import { isSame } from './same.js';

describe('isSame', () => {
  it.each([
    ['numbers that are equal', 1, 1],
    ['not a number', Number.NaN, Number.NaN],
    ['lists of the same', [1, ['a']], [1, ['a']]],
    ['objects whose names stand in another order', { a: 1, b: [2] }, { b: [2], a: 1 }],
    ['functions that are one', Math.max, Math.max],
    ['objects without a prototype', Object.create(null), {}],
  ])('says yes to %s', (_, left, right) => {
    expect(isSame(left, right)).toBe(true);
    expect(isSame(right, left)).toBe(true);
  });

  it.each([
    ['a number and its text', 1, '1'],
    ['nothing and an empty object', null, {}],
    ['nothing and what is missing', null, undefined],
    ['lists of which one is longer', [1], [1, 2]],
    ['lists in another order', [1, 2], [2, 1]],
    ['an object that has more', { a: 1 }, { a: 1, b: undefined }],
    ['objects with other names', { a: undefined }, { b: undefined }],
    ['a difference deep inside', { a: [{ b: 1 }] }, { a: [{ b: 2 }] }],
    ['infinity and nothing, which JSON writes alike', [Number.POSITIVE_INFINITY], [null]],
    ['functions that do the same', () => {}, () => {}],
    ['two targets, which show no fields', new EventTarget(), new EventTarget()],
    ['a name that every object inherits', { toString: Object.prototype.toString }, { other: 1 }],
  ])('says no to %s', (_, left, right) => {
    expect(isSame(left, right)).toBe(false);
    expect(isSame(right, left)).toBe(false);
  });
});
