import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PackedApp } from './packed.js';
import { packedApp } from './packed.js';
import type { Snippet } from './snippets.js';
import { markdownFiles, readSnippets } from './snippets.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const given = fileURLToPath(new URL('./app', import.meta.url));
const snippets = readSnippets();
const scripts = snippets.filter(({ language }) => /^tsx?$/.test(language));
const commands = snippets
  .filter(({ language }) => language === 'sh')
  .flatMap(({ code }) => code.split(/\n|&&/).map((line) => line.replace(/#.*/, '').trim()))
  .filter((line) => line !== '');

/** The one piece of code in the README that has this in it. */
function snippetWith(text: string): Snippet {
  const found = snippets.filter(({ file, code }) => file === 'README.md' && code.includes(text));
  const [only] = found;
  if (only === undefined || found.length > 1) throw new Error(`Not one snippet has ${text}.`);
  return only;
}

let app: PackedApp;
beforeAll(() => {
  app = packedApp('react-19', ['@types/node']);
  app.addIngest();
  app.link('react', 'react-dom', '@types/react', '@types/react-dom', 'vitest', 'jsdom');
  app.link('@testing-library/react', '@testing-library/user-event', '@testing-library/dom');
  cpSync(join(given, 'context.d.ts'), join(app.folder, 'context.d.ts'));
  cpSync(join(given, 'stages.test.tsx'), join(app.folder, 'spec/stages.test.tsx'));
  const compilerOptions = {
    target: 'es2022',
    module: 'nodenext',
    lib: ['es2023', 'dom', 'dom.iterable'],
    jsx: 'react-jsx',
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noUncheckedSideEffectImports: true,
    skipLibCheck: true,
    noEmit: true,
    types: ['node'],
  };
  write(
    'tsconfig.json',
    JSON.stringify({ compilerOptions, include: ['*.d.ts', 'snippets', 'spec'] }),
  );
});
afterAll(() => app?.remove());

/** Writes a file of the app. */
function write(name: string, text: string): void {
  const path = join(app.folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

test('every piece of code in the READMEs and in docs/ compiles against the packages', () => {
  expect(scripts.length).toBeGreaterThan(10);
  for (const { file, line, code } of scripts) {
    const name = `snippets/${file.replaceAll('/', '-')}-${line}.tsx`;
    // On the lines that it has in its page; and a module, whether it imports something or not.
    write(name, `${'\n'.repeat(line - 1)}${code}\nexport {};\n`);
  }
  const tsc = join(root, 'node_modules/.bin/tsc');
  const { stdout, status } = spawnSync(tsc, ['-p', app.folder], { encoding: 'utf8' });
  expect(stdout).toBe('');
  expect(status).toBe(0);
});

test('the test in the README, its page, its studio and every stage run in bare jsdom', () => {
  write('spec/readme.test.tsx', snippetWith('createFakeBroadcaster').code);
  for (const [name, text] of [
    ['Page', "useBroadcastSession('/api/broadcast')"],
    ['Studio', 'function Studio'],
  ] as const) {
    write(`spec/${name}.tsx`, snippetWith(text).code);
    write(
      `spec/${name}.test.tsx`,
      `import { render } from '@testing-library/react';
       import { expect, test } from 'vitest';
       import { ${name} } from './${name}.js';
       test('${name}', () => {
         expect(render(<${name} />).container.querySelector('button')).not.toBeNull();
       });`,
    );
  }
  // With `globals` Testing Library takes down after each test what it rendered.
  const test = { environment: 'jsdom', include: ['spec/*.test.tsx'], globals: true };
  write('vitest.config.js', `export default ${JSON.stringify({ test })};`);
  const vitest = join(root, 'node_modules/.bin/vitest');
  const { stdout, stderr, status } = spawnSync(vitest, ['run', '--root', app.folder], {
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  expect(status, `${stdout}\n${stderr}`).toBe(0);
  expect(stdout).toMatch(/Test Files {2}4 passed \(4\)/);
});

test('the local ingest of the README starts, takes a fault and closes', () => {
  const { code } = snippetWith('startIngest');
  const printed = app.run(`${code}
    console.log(stream.server_urls.webrtc, ingest.openPeers);`);
  expect(printed).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/\S+ 0\n$/);
});

test('the command of the README serves until Ctrl-C, with what npx installs', async () => {
  expect(commands).toContain('npx webrtc-broadcaster-ingest');
  const cli = join(app.folder, 'node_modules/webrtc-broadcaster-ingest/dist/cli.js');
  const child = spawn(process.execPath, [cli, '--port', '0'], { cwd: app.folder });
  let printed = '';
  for (const output of [child.stdout, child.stderr]) {
    output.setEncoding('utf8').on('data', (text) => {
      printed += text;
      if (printed.includes('Ctrl-C')) child.kill('SIGINT');
    });
  }
  const [code] = await once(child, 'exit');
  expect(printed).toMatch(/Publish to {2}ws:\/\//);
  expect(code).toBe(0);
});

describe('commands for a shell', () => {
  const { scripts: named } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const ownScripts = commands.flatMap((line) => /^npm (?:run )?(\S+)/.exec(line)?.[1] ?? []);

  test('names scripts that there are', () => {
    const builtIn = ['ci', 'install'];
    const wanted = ownScripts.filter((name) => !builtIn.includes(name));
    expect(wanted).toEqual(expect.arrayContaining(['start', 'test', 'bench']));
    expect(wanted.filter((name) => !Object.hasOwn(named, name))).toEqual([]);
  });

  test('is nothing else', () => {
    const known = /^(npm (ci|start|test|run \S+|install .*)|npx webrtc-broadcaster-ingest)$/;
    expect(commands.filter((line) => !known.test(line))).toEqual([]);
  });
});

/** Where pages link to that are in the repository, but not in their own tarball. */
const REPOSITORY =
  /^https:\/\/github\.com\/webrtc-broadcaster\/webrtc-broadcaster\/(?:blob|tree)\/main\//;

test.each(markdownFiles())('%s has no dead link inside the tarball or the repository', (file) => {
  const page = join(
    app.folder,
    'node_modules',
    file.startsWith('ingest/')
      ? file.replace('ingest', 'webrtc-broadcaster-ingest')
      : `webrtc-broadcaster/${file}`,
  );
  const text = readFileSync(page, 'utf8').replace(/^```[\s\S]*?^```$/gm, '');
  const links = [...text.matchAll(/\]\(([^)\s]+)\)|\bsrc="([^"]+)"/g)]
    .map(([, link, source]) => link ?? source ?? '')
    .filter((link) => REPOSITORY.test(link) || !/^(https?|mailto):/.test(link));
  for (const link of links) {
    const base = REPOSITORY.test(link) ? root : dirname(page);
    const [path = '', anchor] = link.replace(REPOSITORY, '').split('#');
    const target = path === '' ? page : join(base, path);
    expect(existsSync(target), `${file} links to ${link}`).toBe(true);
    if (anchor !== undefined)
      expect(anchorsOf(target), `${file} links to ${link}`).toContain(anchor);
  }
});

/** The anchors that GitHub gives the headings of a page. */
function anchorsOf(page: string): readonly string[] {
  return [...readFileSync(page, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
