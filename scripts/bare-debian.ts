import type { ChildProcess } from 'node:child_process';
import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { findOnPath, MissingProgram } from './find-program.js';

/** A Debian of Debian's own minimum, in a folder, with nothing added but this machine's Node. */
export interface BareDebian {
  /** `bookworm` or the like. */
  readonly release: string;
  /** Where the repository is inside it. */
  readonly checkout: string;
  /** Whether one of these programs is on its PATH. */
  has(program: string): boolean;
  /**
   * Starts a shell command in the checkout, as root, with mounts and processes of its own: they are
   * gone when it ends, when it is killed, and when this process dies. The network is this machine's.
   */
  start(command: string): Session;
  /** Removes the folder. May be called again. */
  remove(): void;
}

/** A command that runs in a bare Debian. */
export interface Session {
  /** Its output so far, both streams, without colours. */
  printed(): string;
  /** Its exit code; `null` once it was killed. */
  readonly exited: Promise<number | null>;
  /** Ctrl-C: the whole foreground gets it. */
  interrupt(): void;
  /** Ends everything in it at once. */
  kill(): void;
}

const PREFIX = 'bare-debian';
const CHECKOUT = '/root/webrtc-broadcaster';
const BIN = 'usr/local/bin';
/** Runs a program with mounts and processes of its own, which end with it, and with this process. */
const BY_ITSELF = [
  ...['setpriv', '--pdeathsig', 'KILL'],
  ...['unshare', '--kill-child', '--fork', '--pid', '--mount', '--mount-proc'],
  ...['--propagation', 'private'],
] as const;
const CALL_MINUTES = 15;
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * Makes one with debootstrap, and clones what is committed of the repository `root` into it. Node
 * is copied from this machine, for Debian's own is older than what the package asks for. Takes root.
 */
export function makeBareDebian(root: string): BareDebian {
  sweep();
  const folder = mkdtempSync(join(tmpdir(), `${PREFIX}-${process.pid}-`));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  // A stranger's umask would keep apt's own user out.
  chmodSync(folder, 0o755);
  try {
    const release = releaseOfThisMachine() ?? 'bookworm';
    // It mounts things as well, and may be interrupted as everything may.
    call(...BY_ITSELF, 'debootstrap', '--variant=minbase', release, folder);
    if (releaseOfThisMachine() !== null) copyPackageSources(folder);
    copyNode(folder);
    for (const file of ['/etc/resolv.conf', '/etc/hosts', ...Object.values(certificates())]) {
      if (existsSync(file)) place(file, join(folder, file));
    }
    call('git', 'clone', '--quiet', '--depth', '1', `file://${root}`, join(folder, CHECKOUT));
    return {
      release,
      checkout: CHECKOUT,
      has: (program) => PATH.split(':').some((each) => existsSync(join(folder, each, program))),
      start: (command) => startSession(folder, command),
      remove,
    };
  } catch (thrown) {
    remove();
    throw thrown;
  }
}

/** Takes away the folders of processes that were killed. */
function sweep(): void {
  for (const name of readdirSync(tmpdir())) {
    const [, pid] = new RegExp(`^${PREFIX}-(\\d+)-\\w+$`).exec(name) ?? [];
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) {
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
    }
  }
}

/** The name of this machine's release; `null` where it is no Debian. */
function releaseOfThisMachine(): string | null {
  const text = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  if (!/^ID=debian$/m.test(text)) return null;
  return /^VERSION_CODENAME=(\w+)$/m.exec(text)?.[1] ?? null;
}

/** Packages come from where this machine gets Debian's, and as it gets them. */
function copyPackageSources(folder: string): void {
  const copy = (from: string, holds: RegExp) => {
    if (!existsSync(from)) return;
    for (const name of readdirSync(from)) {
      const file = join(from, name);
      if (holds.test(readFileSync(file, 'utf8'))) place(file, join(folder, file));
    }
  };
  if (existsSync('/etc/apt/sources.list')) {
    place('/etc/apt/sources.list', join(folder, '/etc/apt/sources.list'));
  }
  copy('/etc/apt/sources.list.d', /debian-archive-keyring/);
  copy('/etc/apt/apt.conf.d', /^Acquire::/m);
}

function copyNode(folder: string): void {
  place(realpathSync(process.execPath), join(folder, BIN, 'node'));
  const command = findOnPath('npm');
  if (command === null) throw new MissingProgram('npm is not on PATH: put it there.');
  // bin/npm-cli.js of the package.
  const npm = dirname(dirname(realpathSync(command)));
  const target = join(folder, 'usr/local/lib/node_modules/npm');
  cpSync(npm, target, { recursive: true, verbatimSymlinks: true });
  for (const name of ['npm', 'npx']) {
    symlinkSync(`../lib/node_modules/npm/bin/${name}-cli.js`, join(folder, BIN, name));
  }
}

function place(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
}

/** Files with certificates that Node and npm are told of here. */
function certificates(): Readonly<Record<string, string>> {
  const { NODE_EXTRA_CA_CERTS = '' } = process.env;
  const cafile = npmSetting('cafile');
  return {
    ...(NODE_EXTRA_CA_CERTS !== '' && { NODE_EXTRA_CA_CERTS }),
    ...(cafile !== 'null' && { npm_config_cafile: cafile }),
  };
}

function npmSetting(name: string): string {
  return execFileSync('npm', ['config', 'get', name], { encoding: 'utf8' }).trim();
}

function startSession(folder: string, command: string): Session {
  const environment: Readonly<Record<string, string>> = {
    PATH,
    HOME: '/root',
    LANG: 'C.UTF-8',
    npm_config_registry: npmSetting('registry'),
    ...certificates(),
  };
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const mounts = [
    // `ip -n` asks that the root be a mount.
    'mount --bind "$0" "$0"',
    'mount -t proc proc "$0/proc"',
    'mount -t sysfs -o ro sysfs "$0/sys"',
    'mkdir -p "$0/dev/shm" "$0/dev/pts"',
    'mount -t tmpfs -o mode=1777 tmpfs "$0/dev/shm"',
    'mount -t devpts devpts "$0/dev/pts"',
    // Not in the place of this shell: the first process of a namespace is deaf to Ctrl-C.
    'chroot "$0" /usr/bin/env -i "$@" || exit $?',
  ].join(' && ');
  const [program, ...byItself] = BY_ITSELF;
  const child = spawn(
    program,
    [
      ...[...byItself, 'sh', '-c', mounts, folder, ...variables],
      ...['/bin/bash', '-c', `cd ${CHECKOUT} && ${command}`],
    ],
    // A process group of its own, as in a terminal.
    { stdio: ['ignore', 'pipe', 'pipe'], detached: true },
  );
  let printed = '';
  for (const output of [child.stdout, child.stderr]) {
    output.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
  }
  const exited = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return {
    printed: () => withoutColours(printed),
    exited,
    interrupt: () => signal(child, 'SIGINT'),
    kill: () => signal(child, 'SIGKILL'),
  };
}

function signal(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  process.kill(-child.pid, name);
}

function withoutColours(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what a colour begins with.
  return text.replace(/\u001b\[[\d;]*[A-Za-z]/g, '');
}

/** Runs a program, quiet but for its faults. */
function call(...[program, ...args]: readonly [string, ...string[]]): void {
  try {
    execFileSync(program, args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: CALL_MINUTES * 60_000,
    });
  } catch (thrown) {
    const { stderr = '', stdout = '' } = Object(thrown) as { stderr?: string; stdout?: string };
    const said = `${stdout}${stderr}`.trim().split('\n').slice(-5).join('\n');
    throw new Error(`${[program, ...args].join(' ')} failed:\n${said}`);
  }
}
