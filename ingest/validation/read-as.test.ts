import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { objectOf, oneOf, readAs } from './read-as.js';

const schema = objectOf('body', {
  word: oneOf('word', ['a', 'b']).exactOptional(),
  inner: z.object({ figure: z.number() }).exactOptional(),
});

describe('readAs', () => {
  it('keeps the fields that the schema knows', () => {
    const value = { word: 'a', inner: { figure: 1, other: 2 }, other: 3 };
    expect(readAs(schema, value)).toStrictEqual({ word: 'a', inner: { figure: 1 } });
  });

  it('takes a field that is undefined for an absent one', () => {
    expect(readAs(schema, { word: undefined })).toStrictEqual({});
  });

  it.each([
    [null, '"body" is a JSON object.'],
    [[], '"body" is a JSON object.'],
    [{ word: 'c' }, '"word" is one of: a, b.'],
    [{ word: null }, '"word" is one of: a, b.'],
  ])('refuses %j in the words of the schema', (value, words) => {
    expect(() => readAs(schema, value)).toThrow(new RangeError(words));
  });

  it('says where a value is wrong that the schema has no words for, and does not repeat it', () => {
    expect(() => readAs(schema, { inner: { figure: 'secret' } })).toThrow(/^"inner\.figure": /);
    expect(() => readAs(schema, { inner: { figure: 'secret' } })).not.toThrow(/secret/);
  });
});
