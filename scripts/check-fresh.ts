import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { chromiumArgs } from '../e2e/browser-flags.js';
import makeClip from '../e2e/media.js';
import { waitUntil } from '../e2e/wait-until.js';
import type { BareDebian, Session } from './bare-debian.js';
import { makeBareDebian } from './bare-debian.js';
import { findChromium } from './browser.js';
import { prepareProgramsOrExit } from './programs.js';

const USAGE = `npm run check:fresh -- [options]: both commands of the README, in a bare Debian.
  --only NAME  only this step: start, programs (npm ci and the first stage of npm test) or test
  --write      writes what was printed into docs/fresh-machine.md`;

/** Programs that a fresh machine does not have. */
const ABSENT = ['ffmpeg', 'ffprobe', 'chromium', 'firefox', 'firefox-esr', 'ip', 'iptables', 'git'];
const MINUTE_MS = 60_000;

/** The outcome of one command. */
interface Outcome {
  readonly command: string;
  readonly passed: boolean;
  readonly seconds: number;
  /** The lines that matter of what it printed. */
  readonly lines: readonly string[];
}

const STEPS: Readonly<Record<string, (debian: BareDebian) => Promise<Outcome>>> = {
  start: goLive,
  programs: (debian) => runToEnd(debian, 'npm ci && npm run programs', { minutes: 20 }),
  test: (debian) => runToEnd(debian, 'npm ci && npm test', { minutes: 85 }),
};

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { only, write } = readFlags();
if (process.platform !== 'linux' || process.getuid?.() !== 0) {
  console.error('A bare Debian is made with debootstrap and unshare, which takes root on Linux.');
  process.exit(1);
}
prepareProgramsOrExit(['debootstrap', 'unshare', 'git', 'ffmpeg', 'ffprobe', 'chromium']);
makeClip();
const commit = git('rev-parse', '--short', 'HEAD');
const changed = git('status', '--porcelain');
if (changed !== '')
  console.error('Only what is committed is checked; there are changes beside it.');

/** The folders to remove when this is interrupted. */
const open: { session?: Session; debian?: BareDebian } = {};
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.once(name, () => {
    open.session?.kill();
    open.debian?.remove();
    process.exit(130);
  });
}

const outcomes: Outcome[] = [];
let release = '';
for (const name of only === undefined ? ['start', 'test'] : [only]) {
  console.log(`\n== a bare Debian for: ${name}`);
  const debian = makeBareDebian(root);
  open.debian = debian;
  release = debian.release;
  try {
    const present = ABSENT.filter((program) => debian.has(program));
    if (present.length > 0) throw new Error(`This Debian is not bare: ${present.join(', ')}`);
    const outcome = await STEPS[name]?.(debian);
    if (outcome !== undefined) outcomes.push(outcome);
  } finally {
    open.session?.kill();
    await open.session?.exited;
    debian.remove();
  }
}
for (const outcome of outcomes) console.log(`\n${formatOutcome(outcome)}`);
if (write) writeFileSync(join(root, 'docs/fresh-machine.md'), formatPage());
process.exit(outcomes.every(({ passed }) => passed) ? 0 : 1);

/** `npm start`: its page is opened in a browser outside, goes live on it, and Ctrl-C ends it. */
async function goLive(debian: BareDebian): Promise<Outcome> {
  const startedAt = performance.now();
  const command = 'npm ci && npm start';
  const { session, ended } = begin(debian, command);
  const lines: string[] = [];
  let passed = false;
  try {
    const isUp = () => session.printed().includes('Ctrl-C');
    const limit = { timeoutMs: 10 * MINUTE_MS };
    await Promise.race([
      waitUntil('the demo says that it runs', isUp, Boolean, limit),
      ended.then((code) => Promise.reject(new Error(`It ended with exit code ${code}.`))),
    ]);
    const page = /demo +(http:\S+)/.exec(session.printed())?.[1] ?? '';
    lines.push(...(await publishFrom(page)));
    session.interrupt();
    const code = await bounded(ended, MINUTE_MS);
    lines.push(`Ctrl-C ended it with exit code ${code}`);
    // npm dies of the signal too, once what it started has ended.
    passed = code === 0 || code === 128 + constants.signals.SIGINT;
  } catch (thrown) {
    lines.push(`FAIL ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
  const said = condense(session.printed());
  return { command, passed, seconds: secondsSince(startedAt), lines: [...said, '', ...lines] };
}

/** Starts a stream on the demo's page, goes live on it and waits until viewers see it. */
async function publishFrom(url: string): Promise<readonly string[]> {
  const browser = await chromium.launch({
    executablePath: findChromium(),
    args: [...chromiumArgs()],
  });
  try {
    const context = await browser.newContext({ permissions: ['camera', 'microphone'] });
    const page = await context.newPage();
    await page.goto(url);
    for (const name of ['Start the stream', 'Turn on camera', 'Go live']) {
      await page.getByRole('button', { name, exact: true }).click();
    }
    await page.locator('[data-status=live]').waitFor();
    const seen = page.getByText(/Viewers see you, \d+(\.\d)? s behind/);
    await seen.waitFor({ timeout: MINUTE_MS });
    return [
      'The page was opened in a browser, and went live',
      `It said: ${await seen.innerText()}`,
    ];
  } finally {
    await browser.close();
  }
}

async function runToEnd(
  debian: BareDebian,
  command: string,
  { minutes }: { readonly minutes: number },
): Promise<Outcome> {
  const startedAt = performance.now();
  const { session, ended } = begin(debian, command);
  const code = await bounded(ended, minutes * MINUTE_MS).catch((thrown: Error) => thrown.message);
  return {
    command,
    passed: code === 0,
    seconds: secondsSince(startedAt),
    lines: [...condense(session.printed()), `exit code ${code}`],
  };
}

function begin(debian: BareDebian, command: string) {
  console.log(`$ ${command}`);
  const session = debian.start(command);
  open.session = session;
  let shown = 0;
  const show = () => {
    const text = session.printed();
    process.stdout.write(text.slice(shown));
    shown = text.length;
  };
  const timer = setInterval(show, 500);
  const ended = session.exited.finally(() => {
    clearInterval(timer);
    show();
  });
  return { session, ended };
}

/** A command that takes longer is ended. */
async function bounded<Value>(work: Promise<Value>, ms: number): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      open.session?.kill();
      reject(new Error(`It did not end within ${ms / MINUTE_MS} min.`));
    }, ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/**
 * The output of npm, of the stages and of their summaries; of the tests those that failed, and why.
 */
function condense(text: string): readonly string[] {
  const matters = [
    /^added \d+ packages/,
    /^== /,
    /^(Missing|No |Not run|The tests in Firefox)/,
    /^(npm error|E:) /,
    / error TS\d+: /,
    /^\w+: \/\S+$/,
    / is needed .*: /,
    /^(ok {2}|FAIL) /,
    /^\d+ passed, \d+ failed/,
    /^ +(Test Files|Tests) /,
    /^ +\d+ (passed|failed|flaky|skipped|interrupted|did not run)/,
    /^ *(×|FAIL|✘) /,
    /^ +(→ |\w*Error: |Test timeout of )/,
    /^ {2}(webrtc-broadcaster demo|local ingest|Open the first address)/,
  ];
  return text.split('\n').filter((line) => matters.some((each) => each.test(line)));
}

function secondsSince(instant: number): number {
  return Math.round((performance.now() - instant) / 1000);
}

function formatOutcome({ command, passed, seconds, lines }: Outcome): string {
  const verdict = passed ? 'passed' : 'FAILED';
  return [`$ ${command}   # ${verdict} after ${seconds} s`, ...lines].join('\n');
}

function formatPage(): string {
  const outputs = outcomes.map(
    (outcome) => `## \`${outcome.command}\`\n\n\`\`\`text\n${formatOutcome(outcome)}\n\`\`\`\n`,
  );
  return `# A fresh machine, as \`npm run check:fresh\` saw it

${new Date().toISOString().slice(0, 10)}, commit ${commit}. Each command of the README ran as root in a Debian ${release}
of its own that debootstrap had just made: its minimum, and Node ${process.versions.node}, copied from the machine that
ran this, because Debian's is older than the package asks for. There was no ${ABSENT.slice(0, -1).join(', ')}
or ${ABSENT.at(-1)} in it. Below are the lines that matter of what each printed. How long it took includes what else
ran on the machine.

${outputs.join('\n')}`;
}

function git(...args: readonly string[]): string {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
}

function readFlags() {
  try {
    const { values } = parseArgs({
      options: {
        only: { type: 'string' },
        write: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) {
      console.log(USAGE);
      process.exit(0);
    }
    const { only } = values;
    if (only === undefined || Object.hasOwn(STEPS, only)) return { only, write: values.write };
  } catch {
    // An option that there is none of: the usage says which there are.
  }
  console.error(USAGE);
  process.exit(2);
}
