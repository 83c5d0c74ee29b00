import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const SRC = dirname(fileURLToPath(import.meta.url));
const ROOT = dirname(SRC);

interface Source {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly string[];
}

const files = (folder: string): readonly string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
    .filter((path) => !/\.test\.tsx?$|test-setup/.test(path));

const SOURCES: readonly Source[] = ['src', 'ingest'].flatMap(files).map((path) => {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const specifiers = [...text.matchAll(/^(?:import|export)[^;]*?from '(\.[^']+)'/gms)];
  const imports = specifiers.map(([, specifier = '']) => {
    const target = relative(ROOT, resolve(ROOT, dirname(path), specifier));
    const typescript = target.replace(/\.js$/, '.ts');
    return files(dirname(target)).includes(typescript) ? typescript : `${typescript}x`;
  });
  return { path, text, imports };
});

/** Files that a server-rendering framework leaves to the browser, with all that they import. */
function isClient(path: string): boolean {
  return SOURCES.find((source) => source.path === path)?.text.startsWith("'use client';") === true;
}

/** The modules that a server component loads: all that `path` imports, up to the browser's own. */
function loadedByServer(path: string, seen = new Set<string>()): ReadonlySet<string> {
  const source = SOURCES.find((candidate) => candidate.path === path);
  if (source === undefined || seen.has(path)) return seen;
  seen.add(path);
  if (!isClient(path)) for (const next of source.imports) loadedByServer(next, seen);
  return seen;
}

describe('the imports of a server component', () => {
  const loaded = [...loadedByServer('src/index.ts')];

  it('touches React in no file but those that are left to the browser', () => {
    expect(loaded.filter(isClient).length).toBeGreaterThan(20);
    const touching = loaded.filter((path) => {
      const { text = '' } = SOURCES.find((source) => source.path === path) ?? {};
      return !isClient(path) && /^import (?!type )[^;]*from 'react/m.test(text);
    });
    expect(touching).toEqual([]);
  });

  it('is a value of its own, unless it is a component or a hook', async () => {
    const values = Object.entries(await import('./index.js')).filter(([name, value]) => {
      const isComponent = name === 'WebRTCBroadcaster' || name === 'Broadcaster';
      return !isComponent && !(typeof value === 'function' && /^use[A-Z]/.test(name));
    });
    expect(values.map(([name]) => name)).toContain('MESSAGES');
    const { text = '' } = SOURCES.find(({ path }) => path === 'src/index.ts') ?? {};
    for (const [name] of values) {
      const [, from = ''] =
        new RegExp(`\\b${name}\\b[^;]*from '\\./([^']+)\\.js'`).exec(text) ?? [];
      expect([name, from, isClient(`src/${from}.ts`)]).toEqual([name, expect.any(String), false]);
      expect(loaded).toContain(`src/${from}.ts`);
    }
  });
});

describe('the sources', () => {
  it('are found', () => {
    expect(SOURCES.length).toBeGreaterThan(30);
    expect(SOURCES.flatMap(({ imports }) => imports).length).toBeGreaterThan(100);
  });

  it('keep what the platform is touched with in one place each', () => {
    const only = (pattern: RegExp, ...places: readonly string[]) =>
      SOURCES.filter(({ path, text }) => {
        const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
        return (
          path.startsWith('src/') &&
          pattern.test(code) &&
          !places.some((place) => path.startsWith(place))
        );
      }).map(({ path }) => path);
    expect(only(/new RTCPeerConnection/, 'src/core/peer/peer.ts')).toEqual([]);
    expect(only(/new WebSocket/, 'src/core/signaling/ome-socket.ts')).toEqual([]);
    expect(
      only(
        /new Worker\(/,
        'src/core/foundation/open-ticker-worker.ts',
        'src/core/picture/open-picture-worker.ts',
      ),
    ).toEqual([]);
    expect(only(/\bsessionStorage\b|\bnavigator\.locks/, 'src/core/page/', 'src/testing/')).toEqual(
      [],
    );
    expect(only(/\bconsole\./)).toEqual(['src/core/foundation/warn-once.ts']);
    const servers = SOURCES.filter(({ path }) => /^src\/qencode\/(?!test-)/.test(path));
    expect(servers.length).toBeGreaterThan(15);
    for (const { text } of servers) expect(text).not.toMatch(/'node:|\bprocess\.[a-z]|\bBuffer\b/);
    expect(
      only(
        /\.addEventListener\(/,
        'src/core/foundation/',
        'src/core/picture/picture-worker.ts',
        'src/qencode/abort.ts',
        'src/react/',
        'src/testing/',
      ),
    ).toEqual([]);
    expect(
      only(
        /Date\.now\(|Math\.random\(/,
        'src/core/broadcaster.ts',
        'src/core/foundation/',
        'src/qencode/time.ts',
        'src/react/',
        'src/testing/',
      ),
    ).toEqual([]);
  });
});
