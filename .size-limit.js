import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { CAPABILITIES } from './scripts/capabilities.js';
import { isOneOf, oneFile } from './scripts/one-file.js';

/**
 * What a page loads, gzip, in bytes as an app's bundler makes them. React is left out: every app has
 * it. A chunk that is imported on use is no part of the first chunk. Limits go down; why they went up
 * once is in docs/decisions/0054-the-limits-went-up-once.md.
 */
const core = { './dist/core.js': '{ createBroadcaster }' };
const component = { './dist/index.js': '{ WebRTCBroadcaster }' };

const isCapability = isOneOf(CAPABILITIES.map(({ module }) => module));

/** Costs nothing where it isn't used: no byte of these modules may be in the first chunk. */
const unused = {
  'the viewer': ['react/viewer/', 'react/parts/viewer.js'],
  'the playback check': ['react/playback-check/', 'react/parts/playback-check.js'],
  'the statistics panel': ['react/parts/stats-panel.js', 'react/parts/chart.js'],
  'encoder settings': ['react/parts/encoder-settings.js'],
  'starting streams through the app’s server': ['react/session/', 'react/use-broadcast-session.js'],
  'the Qencode client': ['qencode/'],
  'fakes for tests': ['testing/'],
  ...Object.fromEntries(
    CAPABILITIES.map(({ name, module, parts = [] }) => [name, [module, ...parts]]),
  ),
};

const FORM = {
  format: 'esm',
  target: 'es2022',
  define: { 'process.env.NODE_ENV': '"production"' },
};

export default [
  row('core, first chunk', core, '25.8 kB'),
  row('core, all chunks', core, '43.9 kB', { isWhole: true }),
  row('component with styles, first chunk', component, '45.8 kB', { styles: true }),
  row('component, first chunk', component, '41.7 kB'),
  {
    name: 'core.min.js, one file for pages without a bundler',
    path: 'dist/core.min.js',
    limit: '46.2 kB',
    gzip: true,
    modifyEsbuildConfig: (config) => ({ ...config, ...FORM, plugins: [firstChunk()] }),
  },
  { name: 'styles', path: 'dist/styles.css', limit: '4.15 kB', gzip: true },
  // The component holds the core, so what isn't in the one isn't in the other.
  ...Object.entries(unused).map(([name, modules]) =>
    row(`component, nothing of ${name}`, component, '41.7 kB', { without: modules }),
  ),
  ...CAPABILITIES.filter(({ limit }) => limit !== undefined).map(onUse),
];

function row(name, imported, limit, { isWhole = false, styles = false, without = [] } = {}) {
  return {
    name,
    path: Object.keys(imported),
    import: imported,
    limit,
    gzip: true,
    modifyEsbuildConfig: (config) => ({
      ...config,
      entryPoints: [...config.entryPoints, ...(styles ? ['dist/styles.css'] : [])],
      ...FORM,
      plugins: [isWhole ? oneFile(isCapability) : firstChunk(), leavesOut(without)],
    }),
  };
}

/** All that a page loads when it uses a capability, beside what it has of the kit already. */
function onUse({ name, module, limit }) {
  const held = module.startsWith('react/') ? component : core;
  return {
    name: `${name}, loaded on use`,
    path: `dist/${module}`,
    limit,
    gzip: true,
    modifyEsbuildConfig: (config) => ({
      ...config,
      ...FORM,
      plugins: [beside(held), firstChunk()],
    }),
  };
}

/** Leaves out the modules that the page has, capabilities not counted. */
function beside(imported) {
  return {
    name: 'beside',
    async setup({ onResolve }) {
      const { metafile } = await build({
        entryPoints: Object.keys(imported),
        bundle: true,
        write: false,
        outdir: 'dist',
        metafile: true,
        format: 'esm',
        logLevel: 'silent',
        external: ['react', 'react-dom', 'react/jsx-runtime'],
        plugins: [oneFile(isCapability)],
      });
      const held = new Set(Object.keys(metafile.inputs).map((path) => resolve(path)));
      onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) =>
        kind === 'import-statement' && held.has(join(resolveDir, path))
          ? { path, external: true }
          : undefined,
      );
    },
  };
}

/** Leaves what is imported on use where it is. */
function firstChunk() {
  return {
    name: 'first-chunk',
    setup(build) {
      build.onResolve({ filter: /^\./ }, ({ kind, path }) =>
        kind === 'dynamic-import' ? { path, external: true } : undefined,
      );
    },
  };
}

/** Fails where a byte of one of these modules is in the bundle, or where the build has no such module. */
function leavesOut(modules) {
  const missing = modules.filter((module) => !existsSync(`dist/${module}`));
  if (missing.length > 0) throw new Error(`The build has no ${missing.join(', ')}.`);
  return {
    name: 'leaves-out',
    setup(build) {
      build.onEnd(({ metafile }) => {
        const outputs = Object.values(metafile.outputs);
        const found = outputs.flatMap(({ inputs }) =>
          Object.entries(inputs)
            .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
            .map(([path]) => path)
            .filter((path) => modules.some((module) => path.includes(`dist/${module}`))),
        );
        return { errors: found.map((path) => ({ text: `${path} is in the bundle.` })) };
      });
    },
  };
}
