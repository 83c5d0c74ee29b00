import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { packKit } from '../package/packed.js';

const KIT = 'webrtc-broadcaster';
const root = fileURLToPath(new URL('../..', import.meta.url));

/** Files that a tool may have left in the folder of an example. */
const BUILT: ReadonlySet<string> = new Set(['node_modules', 'dist', 'build', '.next']);

/** The folder in which the examples are, as they are in the repository. */
export const EXAMPLES_FOLDER = join(root, 'examples');

/** An example with all that it depends on, in a folder where nothing of the repository is near. */
export interface InstalledExample {
  readonly folder: string;
  /** Runs one of its npm scripts to the end; what it printed is in the error if it fails. */
  script(name: string): Promise<void>;
  remove(): void;
}

/** The packed kit, from which each example is installed. */
export interface PackedKit {
  readonly tarball: string;
  readonly manifest: Manifest;
  remove(): void;
}

/** As much of a package.json as is read here. */
export interface Manifest {
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly [name: string]: unknown;
}

/** Packs the build that is there. */
export function packForExamples(): PackedKit {
  const folder = mkdtempSync(join(tmpdir(), 'packed-kit-'));
  return {
    tarball: packKit(folder).tarball,
    manifest: readJson(join(root, 'package.json')),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Copies an example away, hands it the packed kit in place of the registry's, and installs it. */
export async function installExample(name: string, kit: PackedKit): Promise<InstalledExample> {
  const folder = copyExample(name, kit);
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    await npm(folder, ['ci', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error']);
  } catch (error) {
    remove();
    throw error;
  }
  return {
    folder,
    script: (script) => npm(folder, ['run', script]),
    remove,
  };
}

/** An example beside the tarball, which its manifest and its lock file name. */
export function copyExample(name: string, kit: PackedKit): string {
  const folder = mkdtempSync(join(tmpdir(), `example-${name}-`));
  cpSync(join(EXAMPLES_FOLDER, name), folder, {
    recursive: true,
    filter: (source) => !BUILT.has(basename(source)),
  });
  cpSync(kit.tarball, join(folder, basename(kit.tarball)));
  rewrite(join(folder, 'package.json'), (manifest) => withKit(manifest, kit, 'tarball'));
  const lock = join(folder, 'package-lock.json');
  if (existsSync(lock)) rewrite(lock, (content) => withKitInLock(content, kit, 'tarball'));
  return folder;
}

/** A manifest that takes the kit from here. */
export function withKit(
  manifest: Manifest,
  kit: PackedKit,
  from: 'tarball' | 'registry',
): Manifest {
  const { version } = kit.manifest;
  const address = `file:${basename(kit.tarball)}`;
  const { dependencies } = manifest;
  const now = dependencies?.[KIT];
  if (now !== version && now !== address) {
    throw new Error(`The example depends on ${KIT} ${now}, and this is ${version}.`);
  }
  const place = from === 'tarball' ? address : version;
  return { ...manifest, dependencies: { ...dependencies, [KIT]: place } };
}

/** A lock file that takes the kit from here. */
export function withKitInLock(
  lock: Manifest,
  kit: PackedKit,
  from: 'tarball' | 'registry',
): Manifest {
  const { version, license, engines, peerDependencies, peerDependenciesMeta } = kit.manifest;
  const resolved =
    from === 'tarball'
      ? `file:${basename(kit.tarball)}`
      : `https://registry.npmjs.org/${KIT}/-/${KIT}-${version}.tgz`;
  const entry = {
    version,
    resolved,
    license,
    engines,
    peerDependencies,
    peerDependenciesMeta,
  };
  const packages = Object(lock['packages']);
  return {
    ...lock,
    packages: {
      ...packages,
      '': withKit(packages[''], kit, from),
      [`node_modules/${KIT}`]: entry,
    },
  };
}

/** Runs npm in this folder; the error says what it printed. */
export function npm(folder: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const env = strangersEnvironment();
    const child = spawn('npm', args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        printed += text;
      });
    }
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`npm ${args.join(' ')} ended with ${code}.\n${printed}`));
    });
  });
}

/** This process' environment without what npm, a test runner and the repository put into it. */
export function strangersEnvironment(): NodeJS.ProcessEnv {
  const ours =
    /^(npm_(?!config_(cache|cafile|registry)$)|NODE_(ENV|OPTIONS|PATH)$|INIT_CWD$|VITEST|TEST_)/;
  const kept = Object.entries(process.env).filter(([name]) => !ours.test(name));
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const path = folders.filter((folder) => basename(dirname(folder)) !== 'node_modules');
  // No tool tells its maker of what a test built.
  const quiet = { NEXT_TELEMETRY_DISABLED: '1' };
  return { ...Object.fromEntries(kept), ...quiet, PATH: path.join(delimiter) };
}

function rewrite(file: string, change: (content: Manifest) => Manifest): void {
  writeFileSync(file, `${JSON.stringify(change(readJson(file)), null, 2)}\n`);
}

function readJson(file: string): Manifest {
  return JSON.parse(readFileSync(file, 'utf8'));
}
