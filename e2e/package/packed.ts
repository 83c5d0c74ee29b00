import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A package of this repository, as `npm publish` would pack it. */
export interface Tarball {
  readonly tarball: string;
  /** Relative to the package. */
  readonly files: readonly string[];
}

/** An app in a folder of its own that has the packed kit and React, and nothing else, installed. */
export interface PackedApp {
  readonly folder: string;
  /** The files of the kit's tarball, relative to the package. */
  readonly files: readonly string[];
  /** Installs the packed ingest with all that it depends on; returns the files of its tarball. */
  addIngest(): readonly string[];
  /** Runs this module in Node, inside the app; returns what it printed. */
  run(code: string): string;
  /** Puts links to what the repository itself has installed, in place of copies. */
  link(...names: readonly string[]): void;
  remove(): void;
}

/** Packs the build of the kit into this folder. */
export function packKit(folder: string): Tarball {
  return pack('.', folder);
}

/** Packs the build of the ingest into this folder. */
export function packIngest(folder: string): Tarball {
  return pack('./ingest', folder);
}

function pack(source: string, folder: string): Tarball {
  if (!existsSync(join(root, source, 'dist/index.js'))) {
    throw new Error('There is no build to pack. Run "npm run build" first.');
  }
  const args = ['pack', source, '--json', '--ignore-scripts', '--pack-destination', folder];
  const printed = execFileSync('npm', args, { cwd: root, encoding: 'utf8' });
  const [{ filename, files }] = JSON.parse(printed);
  return {
    tarball: join(folder, filename),
    files: files.map(({ path }: { readonly path: string }) => path),
  };
}

/** Packs the kit, and unpacks it into a new app. */
export function packedApp(
  react: 'react-18' | 'react-19',
  extra: readonly string[] = [],
): PackedApp {
  const folder = mkdtempSync(join(tmpdir(), 'packed-app-'));
  const modules = join(folder, 'node_modules');
  const unpack = (name: string, { tarball }: Tarball) => {
    const target = join(modules, name);
    mkdirSync(target, { recursive: true });
    execFileSync('tar', ['-xzf', tarball, '-C', target, '--strip-components=1']);
    return target;
  };
  const kit = packKit(folder);
  unpack('webrtc-broadcaster', kit);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module', private: true }));
  const from = join(root, react === 'react-18' ? 'e2e/react-18/' : '.');
  for (const name of ['react', 'react-dom', ...extra]) install(name, from, modules);
  return {
    folder,
    files: kit.files,
    addIngest() {
      const ingest = packIngest(folder);
      const target = unpack('webrtc-broadcaster-ingest', ingest);
      installDependencies(target, join(root, 'ingest'), modules);
      return ingest.files;
    },
    run: (code) =>
      execFileSync(process.execPath, ['--input-type=module', '--eval', code], {
        cwd: folder,
        encoding: 'utf8',
      }),
    link(...names) {
      for (const name of names) {
        const path = join(modules, name);
        rmSync(path, { recursive: true, force: true });
        mkdirSync(dirname(path), { recursive: true });
        symlinkSync(packageFolder(name, root), path);
      }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Copies a package, and what it depends on, as it would be installed. */
function install(name: string, from: string, modules: string): void {
  const source = packageFolder(name, from);
  const target = join(modules, name);
  cpSync(source, target, { recursive: true, dereference: true });
  installDependencies(target, source, modules);
}

/** `from` is where the package in `target` has them. */
function installDependencies(target: string, from: string, modules: string): void {
  const manifest = JSON.parse(readFileSync(join(target, 'package.json'), 'utf8'));
  for (const name of Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies })) {
    const present = [...listed(modules), ...listed(join(target, 'node_modules'))];
    if (!present.includes(name)) install(name, from, modules);
  }
}

function packageFolder(name: string, from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (listed(dirname(candidate)).includes(name.split('/').at(-1) ?? name)) return candidate;
    if (folder === dirname(folder)) throw new Error(`${name} is not installed.`);
  }
}

function listed(folder: string): readonly string[] {
  try {
    return readdirSync(folder).flatMap((name) =>
      name.startsWith('@')
        ? readdirSync(join(folder, name)).map((child) => `${name}/${child}`)
        : name,
    );
  } catch {
    return [];
  }
}
