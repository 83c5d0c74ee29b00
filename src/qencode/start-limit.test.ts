import { expect, it } from 'vitest';
import { createStartLimit } from './start-limit.js';

it('remembers no more than the last 10,000 callers', () => {
  const take = createStartLimit({ starts: 1, perSeconds: 3600 });
  expect(take('first')).toBeNull();
  expect(take('second')).toBeNull();
  for (let index = 0; index < 9_998; index += 1) take(`caller ${index}`);
  expect(take('first')).toBeGreaterThan(0);
  expect(take('one more')).toBeNull();
  expect(take('second')).toBeNull();
  expect(take('first')).toBeGreaterThan(0);
});
