import { test as base, expect } from '@playwright/test';
import type { Stage } from './fault-stage.js';
import { openStage } from './fault-stage.js';
import type { FaultRow } from './fault-table.js';
import { FAULT_TABLE, WHIP_ROWS } from './fault-table.js';
import { randomFaults } from './random-faults.js';
import { checkNothingStays, formatResult, runFault, sceneOptions } from './run-fault.js';

const RANDOM_FAULTS = 100;
const SEED = Number(process.env['FAULT_SEED'] ?? 1);

const test = base.extend<object, { readonly stage: Stage; readonly stageToHide: Stage }>({
  stage: [({ browserName: _ }, use) => withStage(false, use), { scope: 'worker' }],
  stageToHide: [({ browserName: _ }, use) => withStage(true, use), { scope: 'worker' }],
});

async function withStage(hideable: boolean, use: (stage: Stage) => Promise<void>): Promise<void> {
  const stage = await openStage({ hideable });
  process.stdout.write(`The way to the ingest is ${stage.how}.\n`);
  await use(stage);
  await stage.close();
}

async function play(stage: Stage, row: FaultRow): Promise<void> {
  const scene = await stage.goLive(sceneOptions(row, { scaled: true }));
  const result = await runFault(scene, row, { scaled: true });
  const line = formatResult(result);
  process.stdout.write(`${line}\n`);
  test.info().annotations.push({ type: 'fault', description: `${line} (${stage.how})` });
  const body = JSON.stringify(result);
  await test.info().attach('result', { body, contentType: 'application/json' });
  expect([...result.problems, ...(await checkNothingStays(scene))]).toEqual([]);
}

for (const row of [...FAULT_TABLE, ...WHIP_ROWS]) {
  const scaled = row.scale === undefined ? '' : ` (clocks ${row.scale} times as fast)`;
  const title = `${row.name}${scaled}`;
  if (row.hides) test(title, ({ stageToHide }) => play(stageToHide, row));
  else test(title, ({ stage }) => play(stage, row));
}

test(`${RANDOM_FAULTS} random faults in a row`, async ({ stage }) => {
  test.setTimeout(600_000);
  await play(stage, randomFaults(SEED, RANDOM_FAULTS));
});
