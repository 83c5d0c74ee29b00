import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { build as bundleFile, transform } from 'esbuild';
import type { Plugin } from 'vite';
import { build } from 'vite';
import { bundleCore } from './bundle-core.js';
import { CAPABILITIES } from './capabilities.js';
import { run } from './find-program.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

interface Bundle {
  /** The purpose of the files. */
  readonly platform: 'browser' | 'node';
  /** Source files by the name that each gets. */
  readonly entries: Readonly<Record<string, string>>;
  /** Packages that stay outside. */
  readonly external: readonly RegExp[];
  readonly dist: string;
}

/** The kit, which pages load. React is the app's own, never ours. */
const KIT: Bundle = {
  platform: 'browser',
  entries: {
    index: 'src/index.ts',
    core: 'src/core/index.ts',
    qencode: 'src/qencode/index.ts',
    testing: 'src/testing/index.ts',
    // Workers and worklets are no modules of a page: each stays a file, which the bundler of an app finds.
    'core/foundation/ticker-worker': 'src/core/foundation/ticker-worker.ts',
    'core/sound/level-worklet': 'src/core/sound/level-worklet.js',
    'core/picture/picture-worker': 'src/core/picture/picture-worker.ts',
  },
  external: [/^react($|\/)/, /^react-dom($|\/)/],
  dist: join(root, 'dist'),
};

/** The local ingest, which Node loads. Its packages stay outside: npm installs them. */
const INGEST: Bundle = {
  platform: 'node',
  entries: { index: 'ingest/index.ts', cli: 'ingest/cli.ts' },
  external: [/^node:/, ...dependenciesOf('ingest').map((name) => new RegExp(`^${name}($|/)`))],
  dist: join(root, 'ingest/dist'),
};

await bundle(KIT);
await bundleWorker(join(KIT.dist, 'core/picture/picture-worker.js'));
await bundleCore(
  KIT.dist,
  CAPABILITIES.map(({ module }) => module),
);
await copyStyles();
await bundle(INGEST);
makeExecutable(join(INGEST.dist, 'cli.js'));
for (const project of ['tsconfig.build.json', 'ingest/tsconfig.build.json']) {
  if (!run('tsc', ['-p', project])) process.exit(1);
}

/** The packages that npm installs beside the one in this folder. */
function dependenciesOf(folder: string): readonly string[] {
  const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  return Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies });
}

async function bundle({ platform, entries, external, dist }: Bundle): Promise<void> {
  rmSync(dist, { recursive: true, force: true });
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    plugins: [react(), keepWorkers()],
    publicDir: false,
    ...(platform === 'node' && { ssr: { noExternal: true } }),
    build: {
      outDir: dist,
      emptyOutDir: false,
      minify: false,
      sourcemap: false,
      target: platform === 'node' ? 'node20' : 'es2022',
      ...(platform === 'node' && { ssr: true }),
      lib: {
        entry: Object.fromEntries(
          Object.entries(entries).map(([name, file]) => [name, join(root, file)]),
        ),
        formats: ['es'],
      },
      rolldownOptions: {
        external: [...external],
        // Warnings such as an unresolved import are faults of the package: none is let through.
        onLog(level, log) {
          // 'use client' marks what a server-rendering framework leaves to the browser, and is kept.
          if (level === 'warn' && log.code !== 'MODULE_LEVEL_DIRECTIVE')
            throw new Error(log.message);
        },
        output: {
          entryFileNames: '[name].js',
          chunkFileNames: 'chunks/[name]-[hash].js',
          // Module by module, so that an app's bundler can leave out the parts that it does not use.
          preserveModules: platform === 'browser',
          preserveModulesRoot: join(root, 'src'),
        },
      },
    },
  });
}

/** Puts all that a worker imports into its file: some bundlers copy that one file, and no more. */
async function bundleWorker(file: string): Promise<void> {
  await bundleFile({
    entryPoints: [file],
    outfile: file,
    allowOverwrite: true,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    legalComments: 'none',
  });
}

/**
 * Leaves `new Worker(new URL('./x.ts', import.meta.url))` to the bundler of the app, as a reference to
 * the file of the package; Vite would put the worker elsewhere, under an address of its own.
 */
function keepWorkers(): Plugin {
  const placeholder = '__KEPT_WORKER_URL__';
  return {
    name: 'keep-workers',
    enforce: 'pre',
    transform(code) {
      return code.replace(
        /new URL\('(\.\/[\w-]+)\.[jt]s', import\.meta\.url\)/g,
        (_, file) => `${placeholder}('${file}.js')`,
      );
    },
    renderChunk(code) {
      return code.replace(
        /__KEPT_WORKER_URL__\((["'`].*?["'`])\)/g,
        (_, file) => `new URL(${file}, import.meta.url)`,
      );
    },
  };
}

function makeExecutable(file: string): void {
  const code = readFileSync(file, 'utf8');
  if (!code.startsWith('#!')) writeFileSync(file, `#!/usr/bin/env node\n${code}`);
  chmodSync(file, 0o755);
}

async function copyStyles(): Promise<void> {
  const source = join(root, 'src/react/styles.css');
  const { code } = await transform(readFileSync(source, 'utf8'), { loader: 'css', minify: true });
  writeFileSync(join(KIT.dist, 'styles.css'), code);
  // A side-effect import is checked where an app asks for that; this one has nothing to give.
  writeFileSync(join(KIT.dist, 'styles.d.css.ts'), 'export {};\n');
}
