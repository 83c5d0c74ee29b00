import { expect } from '@playwright/test';
import * as core from '../../src/core/index.js';
import * as kit from '../../src/index.js';
import * as qencode from '../../src/qencode/index.js';
import * as testing from '../../src/testing/index.js';
import type { ExampleVisit } from './visit.js';

/**
 * Compares what a server component sees of the package with what the package exports: constants have
 * their values, errors and what is not React's are functions, and all else is left to the browser.
 */
export async function checkExports({ page, origin }: ExampleVisit): Promise<void> {
  await page.goto(`${origin}/exports`);
  const { Broadcaster, ...names } = kit;
  const seen: unknown = JSON.parse((await page.locator('#exports').textContent()) ?? '');
  expect(seen).toEqual([
    expected(names, 'the browser’s'),
    expected(Broadcaster, 'the browser’s'),
    ...[core, qencode, testing].map((entry) => expected(entry, 'a function')),
  ]);
  for (const name of Object.keys(Broadcaster).filter((part) => part !== 'Root')) {
    await expect(page.getByRole('region', { name, exact: true })).toBeAttached();
  }
  await expect(page.getByRole('button', { name: 'Turn on camera' })).toHaveCount(2);
}

function expected(entry: object, ofFunctions: string): readonly (readonly [string, string])[] {
  return Object.entries(entry)
    .map(([name, value]) => [name, describe(value, ofFunctions)] as const)
    .sort(([one], [other]) => (one < other ? -1 : 1));
}

function describe(value: unknown, ofFunctions: string): string {
  // A component that hands its ref on is an object to React.
  if (typeof value === 'object' && value !== null && '$$typeof' in value) return 'the browser’s';
  if (typeof value !== 'function') return JSON.stringify(value);
  return value.prototype instanceof Error ? 'a function' : ofFunctions;
}
