import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Stage } from '../e2e/fault-stage.js';
import { openStage } from '../e2e/fault-stage.js';
import { FAULT_TABLE, overWhip } from '../e2e/fault-table.js';
import makeClip from '../e2e/media.js';
import type { SoakResult } from '../e2e/soak.js';
import { QUIET, soakLive, soakQuiet, soakRandom, soakRow } from '../e2e/soak.js';
import { prepareProgramsOrExit, TEST_PROGRAMS } from './programs.js';

const USAGE = `npm run soak -- [options]: the long runs. Each can be shortened; 0 leaves it out.
  --rows TEXT      only the rows of the fault table that have this in their name
  --protocol NAME  what the rows and the random faults are signaled over: ome or whip (ome)
  --times N        each row so many times (20)
  --random N       so many random faults (1000)
  --quiet MINUTES  so long muted, black and with sound alone, without a false alarm (60)
  --minutes N      so long live, with a fault a minute (30); after the rest, and alone
  --lanes N        so many runs side by side, each with browsers of its own (1)
  --write          writes what was run into docs/soak.md`;

const PREFACE = `# The long runs, as \`npm run soak\` printed them

Noticed: from the first blow until the status said so. Recovered: from when the fault was over (of one
that strikes once, from the blow) until media came in again. Frames missed: the longest freeze of a
viewer that plays throughout, counted by the numbers painted into the picture, 30 a second. How long
anything took includes what else ran on the machine. A row that is slower than its figure in
\`e2e/fault-table.ts\`, and a measure that is above what it was halfway, do not hold. The half hour live is
alone on the machine, whatever ran side by side before it.
`;

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '' },
    protocol: { type: 'string', default: 'ome' },
    times: { type: 'string', default: '20' },
    random: { type: 'string', default: '1000' },
    quiet: { type: 'string', default: '60' },
    minutes: { type: 'string', default: '30' },
    lanes: { type: 'string', default: '1' },
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
  lanes: Number(values.lanes),
};
const isProtocol = values.protocol === 'ome' || values.protocol === 'whip';
if (!isProtocol || Object.values(numbers).some((number) => !(number >= 0)) || numbers.lanes < 1) {
  console.error(USAGE);
  process.exit(2);
}

prepareProgramsOrExit([...TEST_PROGRAMS, 'git']);
makeClip();
const startedAt = new Date();
const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
const print = (line: string) => console.log(line);
const ways = new Set<string>();

/** One run, and whether the page of its stage must be one that can be hidden. */
interface Run {
  readonly hides?: boolean;
  readonly play: (stage: Stage) => Promise<SoakResult>;
}

const { times, minutes } = numbers;
const isOverWhip = values.protocol === 'whip';
const chosen = FAULT_TABLE.filter(({ name }) => name.includes(values.rows));
const rows = times === 0 ? [] : isOverWhip ? chosen.map(overWhip) : chosen;
const hundreds = Math.ceil(numbers.random / 100);
const runs: readonly Run[] = [
  ...rows.map((row) => ({
    hides: row.hides ?? false,
    play: (stage: Stage) => soakRow(stage, row, { times, print }),
  })),
  ...Array.from({ length: hundreds }, (_, index) => ({
    play: (stage: Stage) => {
      const count = Math.min(100, numbers.random - index * 100);
      return soakRandom(stage, { seed: index + 1, count, isOverWhip, print });
    },
  })),
  ...(numbers.quiet === 0 ? [] : QUIET).map((quiet) => ({
    play: (stage: Stage) =>
      soakQuiet(stage, quiet, { minutes: numbers.quiet / QUIET.length, print }),
  })),
];
const results = await sideBySide(
  runs.map((run) => () => playRun(run)),
  numbers.lanes,
);
if (minutes > 0) {
  const play = (stage: Stage) => soakLive(stage, { minutes, everySeconds: 60, print });
  results.push(await playRun({ play }));
}

const sections = formatSections();
for (const [title, text] of sections) console.log(`\n## ${title}\n\n${text}`);
if (values.write) writePage(sections);
process.exit(results.some(({ problems }) => problems.length > 0) ? 1 : 0);

/** A run that breaks down is a problem of its own, and the next one still begins. */
async function playRun({ hides, play }: Run): Promise<SoakResult> {
  let stage: Stage | null = null;
  try {
    stage = await openStage({ hideable: hides ?? false });
    ways.add(stage.how);
    return await play(stage);
  } catch (thrown) {
    const what = thrown instanceof Error ? thrown.message : String(thrown);
    return { title: 'Broken off', columns: ['why'], rows: [[what]], problems: [what] };
  } finally {
    await stage?.close();
  }
}

/** Runs all of them, so many at a time; the results are in the order of the runs. */
async function sideBySide<T>(all: readonly (() => Promise<T>)[], lanes: number): Promise<T[]> {
  const done: T[] = [];
  const waiting = [...all.entries()];
  const lane = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, run] = next;
      done[index] = await run();
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return done;
}

/** The text of each part that was run, by its title. */
function formatSections(): ReadonlyMap<string, string> {
  const tables = new Map<string, SoakResult[]>();
  for (const result of results) {
    // A part of a run does not replace the whole.
    const only = values.rows === '' ? '' : `, of those with “${values.rows}” in their name`;
    const title = `${result.title}${only}`;
    tables.set(title, [...(tables.get(title) ?? []), result]);
  }
  const minutes = Math.round((Date.now() - startedAt.getTime()) / 60_000);
  const order = numbers.lanes === 1 ? 'one after the other' : `${numbers.lanes} side by side`;
  const how = `${startedAt.toISOString().slice(0, 10)}, commit ${commit}, in a run of ${minutes} min, ${order}, on ${cpus().length} cores with Node ${process.versions.node}. The way to the ingest was ${[...ways].join('; and ')}.`;
  return new Map(
    [...tables].map(([title, parts]) => {
      const [{ columns } = { columns: [] }] = parts;
      const rows = parts.flatMap((part) => part.rows);
      const problems = parts.flatMap((part) => part.problems).map((problem) => `- ${problem}`);
      const verdict = problems.length === 0 ? 'Everything held.' : 'What did not hold:';
      return [title, [how, formatMarkdown(columns, rows), verdict, ...problems].join('\n\n')];
    }),
  );
}

/** Replaces the sections of docs/soak.md that were run, and keeps the others as they are. */
function writePage(fresh: ReadonlyMap<string, string>): void {
  const path = fileURLToPath(new URL('../docs/soak.md', import.meta.url));
  const [, ...written] = existsSync(path) ? readFileSync(path, 'utf8').split(/^## /m) : [];
  const sections = new Map(
    written.map((section) => {
      const [title = '', ...lines] = section.split('\n');
      return [title, lines.join('\n').trim()];
    }),
  );
  for (const [title, text] of fresh) sections.set(title, text);
  const text = [...sections].map(([title, section]) => `## ${title}\n\n${section}\n`);
  writeFileSync(path, [PREFACE, ...text].join('\n'));
}

function formatMarkdown(
  columns: readonly string[],
  lines: readonly (readonly (string | number)[])[],
): string {
  const line = (cells: readonly (string | number)[]) =>
    `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(columns), line(columns.map(() => '---')), ...lines.map(line)].join('\n');
}
