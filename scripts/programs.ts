import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { NoNetworkNamespace, openNetworkNamespace } from '../e2e/network-namespace.js';
import { lookForChromium, lookForFirefox } from './browser.js';
import { findOnPath, MissingProgram, run, toolEnvironment } from './find-program.js';

/** A program that tests, benchmarks or long runs call. */
interface Program {
  readonly name: string;
  /** The work that needs it, as the end of a sentence. */
  readonly neededFor: string;
  /** The Debian package that holds it. */
  readonly package: string;
  /** Its full path, or `null`. Throws a `MissingProgram` where somebody named one that is none. */
  readonly find: () => string | null;
  /** Makes it say its version, which also proves that its libraries are there. */
  readonly versionFlag: string;
  /** Parts that it must have: a flag that lists its parts, and the ones that must be listed. */
  readonly parts?: readonly (readonly [flag: string, ...names: string[]])[];
  /** Gets it where there is no package to install. */
  readonly fetch?: () => void;
  /** It is called on Linux alone. */
  readonly linuxOnly?: boolean;
}

const onPath =
  (...names: readonly string[]) =>
  () =>
    findOnPath(...names);

const PROGRAMS = {
  ffmpeg: {
    name: 'ffmpeg',
    neededFor: 'for test pictures, encoders and recordings',
    package: 'ffmpeg',
    find: onPath('ffmpeg'),
    versionFlag: '-version',
    parts: [
      ['-encoders', 'libx264', 'libvpx', 'libopus', 'aac', 'mpeg2video'],
      ['-protocols', 'rtmp', 'srt'],
    ],
  },
  ffprobe: {
    name: 'ffprobe',
    neededFor: 'to examine recordings',
    package: 'ffmpeg',
    find: onPath('ffprobe'),
    versionFlag: '-version',
  },
  chromium: {
    name: 'Chromium',
    neededFor: 'for the browser tests',
    package: 'chromium',
    find: lookForChromium,
    versionFlag: '--version',
    fetch: () => run('playwright', ['install', 'chromium']),
  },
  firefox: {
    name: 'Firefox',
    neededFor: 'for the browser tests',
    package: 'firefox-esr',
    find: lookForFirefox,
    versionFlag: '--version',
  },
  ip: {
    name: 'ip',
    neededFor: 'for networks that tests may break',
    package: 'iproute2',
    find: onPath('ip'),
    versionFlag: '-V',
    linuxOnly: true,
  },
  iptables: {
    name: 'iptables',
    neededFor: 'for networks that tests may break',
    package: 'iptables',
    find: onPath('iptables'),
    versionFlag: '--version',
    linuxOnly: true,
  },
  nsenter: {
    name: 'nsenter',
    neededFor: 'for networks that tests may break',
    package: 'util-linux',
    find: onPath('nsenter'),
    versionFlag: '--version',
    linuxOnly: true,
  },
  turnserver: {
    name: 'coturn',
    neededFor: 'to relay broadcasts',
    package: 'coturn',
    find: onPath('turnserver'),
    versionFlag: '--version',
  },
  ps: {
    name: 'ps',
    neededFor: 'to see that no process stays behind',
    package: 'procps',
    find: onPath('ps'),
    versionFlag: '-A',
  },
  tar: {
    name: 'tar',
    neededFor: 'to unpack the package',
    package: 'tar',
    find: onPath('tar'),
    versionFlag: '--version',
  },
  git: {
    name: 'git',
    neededFor: 'to say which commit was run',
    package: 'git',
    find: onPath('git'),
    versionFlag: '--version',
  },
  debootstrap: {
    name: 'debootstrap',
    neededFor: 'to make a bare Debian',
    package: 'debootstrap',
    find: onPath('debootstrap'),
    versionFlag: '--version',
  },
  unshare: {
    name: 'unshare',
    neededFor: 'to keep a bare Debian to itself',
    package: 'util-linux',
    find: onPath('unshare'),
    versionFlag: '--version',
  },
} satisfies Record<string, Program>;

/** A program that this repository calls. */
export type ProgramName = keyof typeof PROGRAMS;

/** Every program that `npm test` and `npm run bench` call, besides Node and npm. */
export const TEST_PROGRAMS: readonly ProgramName[] = [
  'ffmpeg',
  'ffprobe',
  'chromium',
  'firefox',
  'ip',
  'iptables',
  'nsenter',
  'turnserver',
  'ps',
  'tar',
];

/**
 * Finds these programs, or installs them with apt, as root, or as Playwright does; says which it
 * found and what it installs. Throws a `MissingProgram` with a sentence for each that cannot be had.
 */
export function preparePrograms(names: readonly ProgramName[]): void {
  const wanted = names
    .map((name): Program => PROGRAMS[name])
    .filter(({ linuxOnly }) => linuxOnly !== true || process.platform === 'linux');
  const absent = wanted.filter((program) => complaintAbout(program) !== null);
  const packages = [...new Set(absent.map((program) => program.package))];
  if (packages.length > 0 && canInstall()) {
    const missing = absent.map(({ name }) => name).join(', ');
    console.error(`Missing: ${missing}. Installing Debian's ${packages.join(', ')}.`);
    // One that somebody else's apt holds back comes free; a prompt would never be answered.
    const patient = ['-o', 'DPkg::Lock::Timeout=300'];
    run('apt-get', [...patient, 'update', '-qq']);
    run('apt-get', [...patient, 'install', '-y', '-qq', '--no-install-recommends', ...packages]);
  }
  for (const program of absent) {
    if (program.fetch === undefined || complaintAbout(program) === null) continue;
    console.error(`${program.name} is missing still: fetching Playwright's.`);
    program.fetch();
  }
  const complaints = wanted.flatMap((program) => complaintAbout(program) ?? []);
  if (complaints.length > 0) throw new MissingProgram(complaints.join('\n'));
  for (const { name, find } of wanted) console.error(`${name}: ${find()}`);
}

/** As `preparePrograms`, but ends the process with the sentences. */
export function prepareProgramsOrExit(names: readonly ProgramName[]): void {
  try {
    preparePrograms(names);
  } catch (thrown) {
    if (!(thrown instanceof MissingProgram)) throw thrown;
    console.error(thrown.message);
    process.exit(1);
  }
}

/** Why this program will not do, in one sentence; `null` where it will. */
function complaintAbout(program: Program): string | null {
  const { name, neededFor, versionFlag, parts = [] } = program;
  const advice = `install it, for example with \`apt-get install ${program.package}\``;
  let path: string | null;
  try {
    path = program.find();
  } catch (thrown) {
    if (thrown instanceof MissingProgram) return thrown.message;
    throw thrown;
  }
  if (path === null) return `${name} is needed ${neededFor}, and it is not installed: ${advice}.`;
  if (printed(path, versionFlag) === null) {
    return `${name} is needed ${neededFor}, and ${path} does not run: ${advice}.`;
  }
  for (const [flag, ...needed] of parts) {
    const has = (printed(path, flag) ?? '').split(/\s+/);
    const lacks = needed.filter((part) => !has.includes(part));
    if (lacks.length > 0) {
      return `${name} is needed ${neededFor}, and ${path} was built without ${lacks.join(', ')}: put another first on PATH, for example that of \`apt-get install ${program.package}\`.`;
    }
  }
  return null;
}

/** The output of a program with this flag; `null` where it does not run. */
function printed(path: string, flag: string): string | null {
  const { status, stdout } = spawnSync(path, [flag], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    env: toolEnvironment(),
    // One that opens a window instead, or waits for an answer, is none of use.
    timeout: 60_000,
  });
  return status === 0 ? stdout : null;
}

function canInstall(): boolean {
  return process.getuid?.() === 0 && findOnPath('apt-get') !== null;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  prepareProgramsOrExit(TEST_PROGRAMS);
  try {
    openNetworkNamespace().close();
  } catch (thrown) {
    if (!(thrown instanceof NoNetworkNamespace)) throw thrown;
    console.error(`No network can be made here that a test may break: ${thrown.message}.`);
    console.error('The tests in Firefox will fail; those of faults break loopback instead.');
  }
}
