import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Stage } from '../e2e/fault-stage.js';
import { openStage } from '../e2e/fault-stage.js';
import { FAULT_TABLE } from '../e2e/fault-table.js';
import makeClip from '../e2e/media.js';
import type { SoakResult } from '../e2e/soak.js';
import { soakLive, soakQuiet, soakRandom, soakRow } from '../e2e/soak.js';

const USAGE = `npm run soak -- [options]: the long runs. Each can be shortened; 0 leaves it out.
  --rows TEXT      only the rows of the fault table that have this in their name
  --times N        each row so many times (20)
  --random N       so many random faults (1000)
  --quiet MINUTES  so long muted, black and with sound alone, without a false alarm (60)
  --minutes N      so long live, with a fault a minute (30)
  --write          writes docs/soak.md`;

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '' },
    times: { type: 'string', default: '20' },
    random: { type: 'string', default: '1000' },
    quiet: { type: 'string', default: '60' },
    minutes: { type: 'string', default: '30' },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
const numbers = {
  times: Number(values.times),
  random: Number(values.random),
  quiet: Number(values.quiet),
  minutes: Number(values.minutes),
};
if (Object.values(numbers).some((number) => !(number >= 0))) {
  console.error(USAGE);
  process.exit(2);
}

makeClip();
const startedAt = new Date();
const print = (line: string) => console.log(line);
const results: SoakResult[] = [];
const ways = new Set<string>();

const rows = FAULT_TABLE.filter(({ name }) => name.includes(values.rows));
for (const hides of [false, true]) {
  const some = rows.filter((row) => (row.hides ?? false) === hides);
  if (numbers.times === 0 || some.length === 0) continue;
  await onStage(hides, async (stage) => {
    for (const row of some)
      results.push(await soakRow(stage, row, { times: numbers.times, print }));
  });
}
if (numbers.random > 0) {
  await onStage(false, async (stage) => {
    results.push(await soakRandom(stage, { count: numbers.random, print }));
  });
}
if (numbers.quiet > 0) {
  await onStage(false, async (stage) => {
    results.push(await soakQuiet(stage, { minutes: numbers.quiet, print }));
  });
}
if (numbers.minutes > 0) {
  await onStage(false, async (stage) => {
    const { minutes } = numbers;
    results.push(await soakLive(stage, { minutes, everySeconds: 60, print }));
  });
}

const problems = results.flatMap((result) => result.problems);
const text = formatPage();
console.log(`\n${text}`);
if (values.write) {
  writeFileSync(fileURLToPath(new URL('../docs/soak.md', import.meta.url)), text);
}
process.exit(problems.length === 0 ? 0 : 1);

/** A run that breaks down is a problem of its own, and the next one still begins. */
async function onStage(hideable: boolean, run: (stage: Stage) => Promise<void>): Promise<void> {
  const stage = await openStage({ hideable });
  ways.add(stage.how);
  print(`The way to the ingest is ${stage.how}.`);
  try {
    await run(stage);
  } catch (thrown) {
    const what = thrown instanceof Error ? thrown.message : String(thrown);
    results.push({ title: 'Broken off', columns: ['why'], rows: [[what]], problems: [what] });
  } finally {
    await stage.close();
  }
}

function formatPage(): string {
  const tables = new Map<string, SoakResult[]>();
  for (const result of results) {
    tables.set(result.title, [...(tables.get(result.title) ?? []), result]);
  }
  const minutes = Math.round((Date.now() - startedAt.getTime()) / 60_000);
  return [
    '# The long runs, as `npm run soak` printed them',
    `${startedAt.toISOString().slice(0, 10)}, ${minutes} minutes, Node ${process.versions.node}, ${cpus().length} cores. The way to the ingest was ${[...ways].join('; and ')}.`,
    'Noticed: from the first blow until the status said so. Recovered: from when the fault was over (of one that strikes once, from the blow) until media came in again. Frames missed: the longest freeze of a viewer that plays throughout, counted by the numbers painted into the picture, 30 a second.',
    ...[...tables].map(
      ([title, parts]) =>
        `## ${title}\n\n${formatMarkdown(
          parts[0]?.columns ?? [],
          parts.flatMap((part) => part.rows),
        )}`,
    ),
    `## What did not hold\n\n${problems.length === 0 ? 'Nothing.' : problems.map((problem) => `- ${problem}`).join('\n')}`,
    '',
  ].join('\n\n');
}

function formatMarkdown(
  columns: readonly string[],
  lines: readonly (readonly (string | number)[])[],
): string {
  const line = (cells: readonly (string | number)[]) =>
    `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(columns), line(columns.map(() => '---')), ...lines.map(line)].join('\n');
}
