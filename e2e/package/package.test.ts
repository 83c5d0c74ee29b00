import { spawnSync } from 'node:child_process';
import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PackedApp } from './packed.js';
import { packedApp } from './packed.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const exported: readonly [string, unknown][] = Object.entries(manifest.exports);

const RESOLUTIONS = [
  ['nodenext', 'nodenext'],
  ['esnext', 'bundler'],
] as const;

let withReact19: PackedApp;
let withReact18: PackedApp;
beforeAll(() => {
  withReact19 = packedApp('react-19', ['@types/react']);
  withReact18 = packedApp('react-18');
});
afterAll(() => {
  withReact19?.remove();
  withReact18?.remove();
});

describe('the tarball', () => {
  test.each(exported)('holds every file that the export %s names', (_name, conditions) => {
    const files = typeof conditions === 'string' ? [conditions] : Object.values(Object(conditions));
    for (const file of files) {
      expect(withReact19.files).toContain(String(file).replace('./', ''));
    }
  });

  test('says where it comes from', () => {
    const { repository, homepage, bugs } = manifest;
    expect(repository.url).toMatch(/^git\+https:\/\/.*\.git$/);
    for (const url of [homepage, bugs.url]) expect(new URL(url).protocol).toBe('https:');
  });

  test('holds nothing but the build, its docs and what npm always adds', () => {
    const strangers = withReact19.files.filter(
      (file) =>
        !/^(dist\/.*\.(js|css|d\.ts|d\.css\.ts)|docs\/.*\.(md|png)|package\.json|LICENSE|README\.md)$/.test(
          file,
        ),
    );
    expect(strangers).toEqual([]);
    expect(withReact19.files.filter((file) => /\.test\./.test(file))).toEqual([]);
  });

  test('marks what a server component has to leave to the browser, and nothing else', () => {
    const dist = join(withReact19.folder, 'node_modules/webrtc-broadcaster/dist');
    const isMarked = (file: string) =>
      /^["']use client["'];/.test(readFileSync(join(dist, file), 'utf8'));
    const parts = withReact19.files
      .map((file) => file.replace(/^dist\//, ''))
      .filter((file) => /^react\/parts\/.*\.js$/.test(file));
    expect(parts.filter(isMarked).length).toBeGreaterThan(15);
    expect(isMarked('react/webrtc-broadcaster.js')).toBe(true);
    const shared = ['index.js', 'react/parts/index.js', 'react/messages.js', 'core.js'];
    expect([...shared, 'qencode.js'].filter(isMarked)).toEqual([]);
  });
});

describe('an app with the kit and React alone', () => {
  test('has all that the kit asks for', () => {
    const { dependencies = {}, optionalDependencies = {}, peerDependencies } = manifest;
    expect({ ...dependencies, ...optionalDependencies }).toEqual({});
    expect(Object.keys(peerDependencies).sort()).toEqual(['react', 'react-dom']);
  });

  const browserEntries = exported
    .map(([name]) => name.replace(/^\./, 'webrtc-broadcaster'))
    .filter((name) => !/\.css$|\.json$/.test(name));

  test.each(browserEntries)('imports %s in Node', (name) => {
    const names = withReact19.run(
      `console.log(Object.keys(await import(${JSON.stringify(name)})).length)`,
    );
    expect(Number(names)).toBeGreaterThan(0);
  });

  test.each(browserEntries)('requires %s in CommonJS', (name) => {
    const names = withReact19.run(
      `import { createRequire } from 'node:module';
       const require = createRequire(process.cwd() + '/app.cjs');
       console.log(Object.keys(require(${JSON.stringify(name)})).length)`,
    );
    expect(Number(names)).toBeGreaterThan(0);
  });

  test.each(browserEntries)('makes CommonJS of %s, as Jest does', async (name) => {
    const { warnings } = await build({
      stdin: {
        contents: `export * from ${JSON.stringify(name)};`,
        resolveDir: withReact19.folder,
      },
      bundle: true,
      write: false,
      format: 'cjs',
      logLevel: 'silent',
      // Jest reads on demand every module that is imported on demand, and nothing asks for a
      // worker.
      plugins: [
        {
          name: 'on-demand',
          setup: ({ onResolve }) =>
            onResolve({ filter: /./ }, ({ kind, path }) =>
              kind === 'dynamic-import' ? { path, external: true } : undefined,
            ),
        },
      ],
    });
    expect(warnings.map(({ text }) => text)).toEqual([]);
  });

  test('loads each capability beside the core in one file', () => {
    const dist = join(withReact19.folder, 'node_modules/webrtc-broadcaster/dist');
    const code = readFileSync(join(dist, 'core.min.js'), 'utf8');
    const named = [...code.matchAll(/\bimport\(["'`]\.\/([^"'`]+)["'`]\)/g)].map(
      ([, file]) => file,
    );
    const packed = withReact19.files.filter((file) => file.startsWith('dist/core.min/'));
    expect(packed).toEqual(expect.arrayContaining(named.map((file) => `dist/${file}`)));
    expect(named.length === 0).toBe(packed.length === 0);
    const printed = withReact19.run(
      `const files = ${JSON.stringify(named)};
       const dist = './node_modules/webrtc-broadcaster/dist/';
       const parts = await Promise.all(files.map((file) => import(dist + file)));
       console.log(parts.filter((part) => Object.keys(part).length > 0).length);`,
    );
    expect(Number(printed)).toBe(named.length);
  });

  test('makes a broadcaster in Node, where it stays idle', () => {
    const printed = withReact19.run(
      `import { createBroadcaster } from 'webrtc-broadcaster/core';
       console.log(createBroadcaster({}).getSnapshot().connection.status);`,
    );
    expect(printed.trim()).toBe('idle');
  });
});

describe.each([
  ['react 19', () => withReact19, /^19\./],
  ['react 18', () => withReact18, /^18\./],
] as const)('%s', (_name, app, version) => {
  test('renders the component on the server', () => {
    const html = app().run(
      `import { createElement, version } from 'react';
       import { renderToString } from 'react-dom/server';
       import { WebRTCBroadcaster } from 'webrtc-broadcaster';
       console.log(version);
       console.log(renderToString(createElement(WebRTCBroadcaster, {})));`,
    );
    expect(html).toMatch(version);
    expect(html).toContain('data-status="idle"');
    expect(html).toContain('<button');
  });
});

test('an app that shows the component alone carries no other part', async () => {
  const { outputFiles, metafile } = await build({
    stdin: {
      contents: "export { WebRTCBroadcaster } from 'webrtc-broadcaster';",
      resolveDir: withReact19.folder,
    },
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    external: ['react', 'react/jsx-runtime'],
  });
  expect(outputFiles.map(({ text }) => text).join()).toContain('wb-preview');
  const carried = Object.values(metafile.outputs)
    .flatMap(({ inputs }) => Object.entries(inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([file]) => file);
  expect(carried.filter((file) => /preview/.test(file))).not.toEqual([]);
  // The words of every part come along, after the first screen: an app's own are checked against them.
  const code = carried.filter((file) => !file.includes('/react/words/'));
  expect(code.filter((file) => /stats-panel|encoder-settings|viewer|session\//.test(file))).toEqual(
    [],
  );
});

describe('the ingest, where nothing else is installed', () => {
  let app: PackedApp;
  let files: readonly string[];
  const folder = () => join(app.folder, 'node_modules/webrtc-broadcaster-ingest');
  beforeAll(() => {
    app = packedApp('react-19', ['@types/node']);
    files = app.addIngest();
  });
  afterAll(() => app?.remove());

  test('is packed with its build and what npm always adds', () => {
    const expected = /^(dist\/.*\.(js|d\.ts)|package\.json|LICENSE|README\.md)$/;
    expect(files.filter((file) => !expected.test(file))).toEqual([]);
    expect(files).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'dist/index.js']));
    expect(files.filter((file) => /\.test\.|testing\//.test(file))).toEqual([]);
  });

  test('serves its page, keeps streams, speaks TLS and takes encoders', () => {
    const printed = app.run(
      `import { startIngest } from 'webrtc-broadcaster-ingest';
       const ingest = await startIngest({ directory: 'streams', tls: true, rtmpPort: 0 });
       console.log(ingest.url, JSON.stringify(ingest.ways.rtmp));
       await ingest.close();
       const plain = await startIngest({ directory: 'streams' });
       const script = await (await fetch(plain.url + '/ingest/page.js')).text();
       new Function(script);
       console.log(script.length > 1000 ? 'with its page' : 'without its page');
       await plain.close();`,
    );
    expect(printed).toMatch(/^https:\/\/127\.0\.0\.1:\d+ \{"available":true/);
    expect(printed).toContain('with its page');
  });

  test('says what is missing where classic-level could not be installed', () => {
    const there = join(app.folder, 'node_modules/classic-level');
    const away = join(app.folder, 'classic-level-away');
    renameSync(there, away);
    try {
      const printed = app.run(
        `import { startIngest } from 'webrtc-broadcaster-ingest';
         await (await startIngest()).close();
         await startIngest({ directory: 'streams' }).catch((error) => console.log(error.message));`,
      );
      expect(printed).toContain('the local ingest needs the package classic-level');
    } finally {
      renameSync(away, there);
    }
  });

  test('has a command that Node can run', () => {
    const { bin } = JSON.parse(readFileSync(join(folder(), 'package.json'), 'utf8'));
    const cli = join(folder(), bin['webrtc-broadcaster-ingest']);
    expect(readFileSync(cli, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
    expect(statSync(cli).mode & 0o111).not.toBe(0);
    const { stdout, status } = spawnSync(cli, ['--help'], { encoding: 'utf8' });
    expect(stdout).toContain('Usage: webrtc-broadcaster-ingest');
    expect(status).toBe(0);
  });

  test.each(RESOLUTIONS)('has types that are clean with module %s and resolution %s', (...how) => {
    expectCleanTypes(app, how, [`export * from 'webrtc-broadcaster-ingest';`]);
  });
});

test('the types resolve in an app that uses nodenext', () => {
  const { folder } = withReact19;
  writeFileSync(
    join(folder, 'app.ts'),
    `import type { BroadcasterOptions, BroadcasterState } from 'webrtc-broadcaster/core';
     import { createBroadcaster } from 'webrtc-broadcaster/core';
     import { WebRTCBroadcaster } from 'webrtc-broadcaster';
     import { createLiveClient, createSessionHandler } from 'webrtc-broadcaster/qencode';
     const client = createLiveClient({ apiKey: 'key' });
     export const handler: (request: Request) => Promise<Response> = createSessionHandler({
       client,
       authorize: () => null,
     });
     const options: BroadcasterOptions = { serverUrl: 'wss://example.org/app', streamKey: 'key' };
     export const state: BroadcasterState = createBroadcaster(options).getSnapshot();
     export const element = WebRTCBroadcaster({ ...options });
     // @ts-expect-error a number is no URL; without types this line would be an error of its own.
     export const wrong: BroadcasterOptions = { serverUrl: 1 };
    `,
  );
  const config = {
    compilerOptions: {
      target: 'es2022',
      module: 'nodenext',
      lib: ['es2023', 'dom', 'dom.iterable'],
      strict: true,
      noEmit: true,
      types: [],
    },
    files: ['app.ts'],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const tsc = join(root, 'node_modules/.bin/tsc');
  const { stdout, status } = spawnSync(tsc, ['-p', folder], { encoding: 'utf8' });
  expect(stdout).toBe('');
  expect(status).toBe(0);
});

describe('types are clean to the last declaration', () => {
  test.each(RESOLUTIONS)('with module %s and resolution %s', (...how) => {
    const app = packedApp('react-19', ['@types/react', '@types/react-dom', '@types/node']);
    try {
      const names = exported
        .filter(([name]) => !/\.(css|json)$/.test(name))
        .map(([name]) => name.replace(/^\./, 'webrtc-broadcaster'));
      expectCleanTypes(app, how, [
        `import 'webrtc-broadcaster/styles.css';`,
        ...names.map((name, index) => `export * as entry${index} from '${name}';`),
      ]);
    } finally {
      app.remove();
    }
  });
});

function expectCleanTypes(
  app: PackedApp,
  [module, moduleResolution]: readonly [string, string],
  lines: readonly string[],
): void {
  writeFileSync(join(app.folder, 'app.ts'), lines.join('\n'));
  const compilerOptions = {
    target: 'es2022',
    module,
    moduleResolution,
    lib: ['es2023', 'dom', 'dom.iterable'],
    jsx: 'react-jsx',
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noPropertyAccessFromIndexSignature: true,
    noUncheckedSideEffectImports: true,
    isolatedModules: true,
    verbatimModuleSyntax: true,
    skipLibCheck: false,
    noEmit: true,
    types: ['node'],
  };
  const config = { compilerOptions, files: ['app.ts'] };
  writeFileSync(join(app.folder, 'tsconfig.json'), JSON.stringify(config));
  const tsc = join(root, 'node_modules/.bin/tsc');
  const { stdout, status } = spawnSync(tsc, ['-p', app.folder], { encoding: 'utf8' });
  expect(stdout).toBe('');
  expect(status).toBe(0);
}
