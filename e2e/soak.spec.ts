import { expect, test } from '@playwright/test';
import { openStage } from './fault-stage.js';
import type { SoakResult } from './soak.js';
import { SOUND_ALONE, soakLive, soakQuiet } from './soak.js';

const print = (line: string) => void process.stdout.write(`${line}\n`);

function show({ title, rows, problems }: SoakResult): void {
  print(title);
  for (const row of rows) print(row.join('  '));
  expect(problems).toEqual([]);
}

test('a short soak: live, a fault every ten seconds, and nothing grows', async () => {
  test.setTimeout(300_000);
  const stage = await openStage();
  try {
    show(await soakLive(stage, { minutes: 0.5, everySeconds: 10, print }));
  } finally {
    await stage.close();
  }
});

test('a short quiet: sound alone is not taken for a loss', async () => {
  const stage = await openStage();
  try {
    show(await soakQuiet(stage, SOUND_ALONE, { minutes: 1 / 8, print }));
  } finally {
    await stage.close();
  }
});
