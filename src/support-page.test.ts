import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { FAMILY_OF } from './core/errors.js';
import { MESSAGES } from './react/messages.js';

const page = readFileSync(new URL('../docs/support.md', import.meta.url), 'utf8');

it.each([...['idle', 'connecting', 'live', 'reconnecting', 'failed'], ...Object.keys(FAMILY_OF)])(
  'the page for support people has a row for %s',
  (word) => {
    expect(page).toMatch(new RegExp(`^\\|.*\`${word}\`.*\\|$`, 'm'));
  },
);

it.each([
  ...Object.entries(MESSAGES.interruptions),
  ...Object.entries(MESSAGES.reasons).map(([reason, { title }]) => [reason, title] as const),
])('it has a row for %s, in the words of the broadcaster’s own page', (word, words) => {
  expect(page).toContain(`\n| ${words} | \`${word}\` |`);
});
