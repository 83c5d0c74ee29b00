import { execFileSync } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { findOnPath } from '../scripts/find-program.js';

/** The broken part of the path between the publisher's browser and the ingest; neither is told. */
export type Cut =
  /** Nothing passes. */
  | 'everything'
  /** UDP is dropped: media is silent, signalling answers. */
  | 'media'
  /** TCP is dropped: media flows, signalling is silent. */
  | 'signalling'
  /** UDP from the publisher is dropped, and what the ingest sends still arrives. */
  | 'uplink'
  /** UDP from the ingest is dropped, and what the publisher sends still arrives. */
  | 'downlink'
  /** UDP of more than 1000 bytes is dropped, as behind a tunnel that tells nobody how wide it is. */
  | 'large-packets'
  /** The network card is off: the browser knows. */
  | 'link';

/** The way between a browser and an ingest, as it can be broken for real. */
export interface NetworkNamespace {
  /** Address for the ingest and the pages to listen on: reached by this process and by the browser. */
  readonly host: string;
  /** Starts the given Chromium inside; goes as `executablePath`. */
  readonly wrap: (chromium: string) => string;
  /** Breaks the way until `heal`. Replaces the cut before it. */
  cut(what: Cut): void;
  heal(): void;
  /** The browser's side gets another address, and loses the one it had. */
  moveAddress(): void;
  /** From now on its UDP comes from other ports, as from a router that forgot the ones it had. */
  rebind(): void;
  /** Takes it all away. May be called again. */
  close(): void;
}

/** Why there is no network of one's own on this machine. */
export class NoNetworkNamespace extends Error {
  override readonly name = 'NoNetworkNamespace';
}

const PREFIX = 'wbnet';

const BOTH = ['INPUT', 'OUTPUT'] as const;
/** The packets that the publisher's side drops, and in which direction. */
const DROPPED = {
  everything: { chains: BOTH, match: [] },
  media: { chains: BOTH, match: ['-p', 'udp'] },
  signalling: { chains: BOTH, match: ['-p', 'tcp'] },
  uplink: { chains: ['OUTPUT'], match: ['-p', 'udp'] },
  downlink: { chains: ['INPUT'], match: ['-p', 'udp'] },
  'large-packets': { chains: BOTH, match: ['-p', 'udp', '-m', 'length', '--length', '1001:'] },
} as const satisfies Record<
  Exclude<Cut, 'link'>,
  { readonly chains: readonly string[]; readonly match: readonly string[] }
>;

/**
 * Makes a network namespace with a veth pair to this one, its addresses from a free private range.
 * Throws `NoNetworkNamespace`, saying why, where the machine does not allow it (it takes root, `ip` and `iptables`).
 */
export function openNetworkNamespace(): NetworkNamespace {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    throw new NoNetworkNamespace('only root on Linux may make a network namespace');
  }
  const absent = ['ip', 'nsenter', 'iptables'].filter((name) => findOnPath(name) === null);
  if (absent.length > 0) {
    throw new NoNetworkNamespace(
      `${absent.join(', ')} must be installed: run \`npm run programs\``,
    );
  }
  sweep();
  const name = `${PREFIX}-${process.pid}-${randomBytes(3).toString('hex')}`;
  const outside = `wb${randomBytes(4).toString('hex')}o`;
  const inside = `${outside.slice(0, -1)}i`;
  const range = freeRange();
  const host = `${range}.1`;
  const inNamespace = ['-n', name];
  const folder = mkdtempSync(join(tmpdir(), `${PREFIX}-`));
  let last = 2;
  let closed = false;

  const close = () => {
    if (closed) return;
    closed = true;
    process.off('exit', close);
    // The pair goes with the namespace, but not at once; its name and range must be free now.
    attempt('ip', ['link', 'del', outside]);
    attempt('ip', ['netns', 'del', name]);
    rmSync(folder, { recursive: true, force: true });
  };
  process.on('exit', close);
  const tables = (...args: readonly string[]) =>
    run('nsenter', [`--net=/run/netns/${name}`, 'iptables', '-w', ...args]);
  const drop = ({ chains, match }: (typeof DROPPED)[keyof typeof DROPPED]) => {
    for (const chain of chains) tables('-A', chain, ...match, '-j', 'DROP');
  };
  let isRebound = false;
  const heal = () => {
    tables('-F');
    if (isRebound) tables('-t', 'nat', '-F');
    isRebound = false;
    run('ip', [...inNamespace, 'link', 'set', inside, 'up']);
  };
  try {
    run('ip', ['netns', 'add', name]);
    run('ip', ['link', 'add', outside, 'type', 'veth', 'peer', 'name', inside, 'netns', name]);
    // An IPv6 address that comes up a second later is a change of network to the browsers.
    run('ip', ['link', 'set', outside, 'addrgenmode', 'none']);
    run('ip', [...inNamespace, 'link', 'set', inside, 'addrgenmode', 'none']);
    run('ip', ['addr', 'add', `${host}/24`, 'dev', outside]);
    run('ip', ['link', 'set', outside, 'up']);
    run('ip', [...inNamespace, 'link', 'set', 'lo', 'up']);
    run('ip', [...inNamespace, 'addr', 'add', `${range}.${last}/24`, 'dev', inside]);
    heal();
  } catch (thrown) {
    close();
    throw new NoNetworkNamespace(thrown instanceof Error ? thrown.message : String(thrown));
  }

  return {
    host,
    wrap(chromium) {
      const script = join(folder, 'chromium');
      const line = `exec nsenter --net=/run/netns/${name} ${quoted(chromium)} "$@"`;
      writeFileSync(script, `#!/bin/sh\n${line}\n`);
      chmodSync(script, 0o755);
      return script;
    },
    cut(what) {
      heal();
      if (what === 'link') run('ip', [...inNamespace, 'link', 'set', inside, 'down']);
      else drop(DROPPED[what]);
    },
    heal,
    moveAddress() {
      const before = last;
      last = last === 250 ? 2 : last + 1;
      // This way round: an address of the same range would go when the one before it does.
      run('ip', [...inNamespace, 'addr', 'del', `${range}.${before}/24`, 'dev', inside]);
      run('ip', [...inNamespace, 'addr', 'add', `${range}.${last}/24`, 'dev', inside]);
    },
    rebind() {
      isRebound = true;
      const to = ['-j', 'SNAT', '--to-source', `${range}.${last}:62000-63000`];
      // The kernel takes the next packet of a flow for its first, and that has to be one that goes out.
      tables('-A', 'INPUT', '-p', 'udp', '-j', 'DROP');
      tables('-t', 'nat', '-A', 'POSTROUTING', '-p', 'udp', ...to);
      // From now on only answers come in, as through any router: none to the port from before.
      tables('-A', 'INPUT', '-p', 'udp', '-m', 'conntrack', '--ctdir', 'ORIGINAL', '-j', 'DROP');
      tables('-D', 'INPUT', '-p', 'udp', '-j', 'DROP');
    },
    close,
  };
}

/** Takes away what processes that were killed have left. */
function sweep(): void {
  for (const line of run('ip', ['netns', 'list']).split('\n')) {
    const [, name, pid] = new RegExp(`^(${PREFIX}-(\\d+)-\\w+)`).exec(line) ?? [];
    if (name !== undefined && !isAlive(Number(pid))) attempt('ip', ['netns', 'del', name]);
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** The first three bytes of a private range that no address of this machine is in. */
function freeRange(): string {
  const taken = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  for (;;) {
    const range = `10.${randomInt(128, 255)}.${randomInt(1, 255)}`;
    if (!taken.some(({ address }) => address.startsWith(`${range}.`))) return range;
  }
}

function run(program: string, args: readonly string[]): string {
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

function attempt(program: string, args: readonly string[]): void {
  try {
    run(program, args);
  } catch {
    // It is gone already.
  }
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
