import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { toolEnvironment } from './find-program.js';
import type { Counts } from './test-counts.js';
import { readPlaywrightCounts, readVitestCounts } from './test-counts.js';

/** One part of `npm test`. Without `counts` it is one test: its exit code. */
interface Stage {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly counts?: () => Counts;
  /** The name of a stage that must have passed for this one to make sense. */
  readonly needs?: string;
  /** Nothing after it makes sense where it fails. */
  readonly isGate?: boolean;
}

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const reports = join(root, 'test-results');
const unitReport = join(reports, 'unit.json');
const packageReport = join(reports, 'package.json');
const browserReport = join(reports, 'browser.json');

const STAGES: readonly Stage[] = [
  { name: 'programs', command: ['tsx', 'scripts/programs.ts'], isGate: true },
  { name: 'types', command: ['npm', 'run', '--silent', 'types'] },
  { name: 'layers', command: ['tsx', 'scripts/layers.ts'] },
  { name: 'lint', command: ['biome', 'check', '--error-on-warnings', '.'] },
  {
    name: 'unit and component tests',
    command: vitest(unitReport, '--project', 'node', '--project', 'react'),
    counts: () => readVitestCounts(unitReport),
  },
  { name: 'build', command: ['npm', 'run', '--silent', 'build'] },
  { name: 'interface', command: ['tsx', 'scripts/api-report.ts', '--check'], needs: 'build' },
  { name: 'reference', command: ['npm', 'run', '--silent', 'reference'] },
  { name: 'weight', command: ['size-limit'], needs: 'build' },
  { name: 'published package', command: ['tsx', 'scripts/check-package.ts'], needs: 'build' },
  {
    name: 'package tests',
    command: vitest(packageReport, '--project', 'package'),
    counts: () => readVitestCounts(packageReport),
    needs: 'build',
  },
  {
    name: 'examples',
    command: ['playwright', 'test', '--project=examples'],
    counts: () => readPlaywrightCounts(browserReport),
    needs: 'build',
  },
  {
    name: 'browser tests',
    command: ['playwright', 'test', '--project=chromium', '--project=firefox'],
    counts: () => readPlaywrightCounts(browserReport),
  },
  {
    // Apart, because no browser connects well while network interfaces come and go around it.
    name: 'browser tests that break their network',
    command: ['playwright', 'test', '--project=faults'],
    counts: () => readPlaywrightCounts(browserReport),
  },
  {
    name: 'browser tests that need the machine to themselves',
    command: ['playwright', 'test', '--project=alone'],
    counts: () => readPlaywrightCounts(browserReport),
  },
];

/** Characters of a line that names a failed test. */
const LONGEST_LINE = 300;

let running: ChildProcess | null = null;
let interrupted = false;
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    interrupted = true;
    running?.kill(name);
  });
}

rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });
const results = new Map<string, Counts>();
for (const stage of STAGES) {
  if (interrupted) break;
  console.log(`\n== ${stage.name}`);
  const counts = await runStage(stage);
  results.set(stage.name, counts);
  if (stage.isGate === true && counts.failed > 0) {
    console.error('No test was run.');
    break;
  }
}
if (interrupted) {
  console.error('Interrupted.');
  process.exit(130);
}

console.log('');
const total = { passed: 0, failed: 0 };
for (const [name, { passed, failed }] of results) {
  total.passed += passed;
  total.failed += failed;
  console.log(`${failed === 0 ? 'ok  ' : 'FAIL'} ${name}: ${passed} of ${passed + failed}`);
}
// Last, so that the end of a long log says what to look at.
for (const { names } of results.values()) {
  for (const name of names) console.log(`FAIL ${name.slice(0, LONGEST_LINE)}`);
}
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed === 0 ? 0 : 1);

async function runStage({ command, counts, needs }: Stage): Promise<Counts> {
  if (needs !== undefined && results.get(needs)?.failed !== 0) {
    console.error(`Not run: it needs the stage "${needs}", which failed.`);
    return { passed: 0, failed: 1, names: [] };
  }
  const succeeded = await runCommand(command);
  if (counts === undefined)
    return { passed: succeeded ? 1 : 0, failed: succeeded ? 0 : 1, names: [] };
  const { passed, failed, names } = counts();
  if (passed + failed === 0) console.error('No test ran; that counts as a failure.');
  // A crash, an unhandled error and an empty run fail no test, and still must not pass.
  const hidden = failed === 0 && (!succeeded || passed === 0);
  return { passed, failed: hidden ? 1 : failed, names };
}

function runCommand([program, ...args]: readonly [string, ...string[]]): Promise<boolean> {
  return new Promise((resolve) => {
    const env = toolEnvironment();
    const child = spawn(program, args, { cwd: root, stdio: 'inherit', env });
    running = child;
    child.on('error', (error) => {
      console.error(`${program} could not be started: ${error.message}`);
      resolve(false);
    });
    child.on('exit', (code) => resolve(code === 0));
  });
}

function vitest(report: string, ...args: readonly string[]): readonly [string, ...string[]] {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  return ['vitest', 'run', ...args, ...reporters];
}
