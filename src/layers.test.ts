import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const SRC = dirname(fileURLToPath(import.meta.url));
const ROOT = dirname(SRC);

/** What each layer may import, besides itself; a layer is the longest prefix that matches. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'src/core/errors.ts': [],
  'src/core/foundation': [],
  'src/core/foundation/warn-once.ts': [],
  'src/core/ingest-window': [],
  'src/core/page': ['src/core/errors.ts', 'src/core/foundation'],
  'src/core/sound': [],
  'src/core/peer': ['src/core/errors.ts', 'src/core/foundation'],
  'src/core/signaling': ['src/core/errors.ts', 'src/core/foundation', 'src/core/peer'],
  'src/core/stats': ['src/core/errors.ts', 'src/core/foundation', 'src/core/peer'],
  'src/core/quality': ['src/core/foundation', 'src/core/peer', 'src/core/stats'],
  'src/core/sources': ['src/core/errors.ts', 'src/core/foundation'],
  'src/core/connection': [
    'src/core/errors.ts',
    'src/core/foundation',
    'src/core/peer',
    'src/core/signaling',
    'src/core/stats',
  ],
  'src/core': [
    'src/core/errors.ts',
    'src/core/foundation',
    'src/core/foundation/warn-once.ts',
    'src/core/ingest-window',
    'src/core/page',
    'src/core/peer',
    'src/core/signaling',
    'src/core/stats',
    'src/core/quality',
    'src/core/sources',
    'src/core/sound',
    'src/core/connection',
  ],
  'src/qencode/session-messages.ts': [],
  'src/qencode': ['src/qencode/session-messages.ts'],
  'src/react/session': ['src/core/foundation', 'src/qencode/session-messages.ts'],
  'src/react/viewer': ['src/core/foundation'],
  'src/react/glass': [],
  'src/react': [
    'src/core/errors.ts',
    'src/core/index.ts',
    'src/core/foundation/warn-once.ts',
    'src/qencode/session-messages.ts',
    'src/react/glass',
    'src/react/session',
    'src/react/viewer',
  ],
  'src/testing': ['src/core', 'src/core/errors.ts', 'src/core/peer', 'src/core/signaling'],
  src: [
    'src/react',
    'src/react/glass',
    'src/react/session',
    'src/react/viewer',
    'src/core/index.ts',
    'src/qencode/session-messages.ts',
    'src/testing',
  ],
  ingest: ['src/core/signaling/ome-messages.ts'],
};

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

function layerOf(path: string): string {
  const layers = Object.keys(MAY_IMPORT).filter(
    (layer) => path === layer || path.startsWith(`${layer}/`),
  );
  return layers.sort((left, right) => right.length - left.length)[0] ?? '';
}

/** Files that a server-rendering framework leaves to the browser, with all that they import. */
function isClient(path: string): boolean {
  return SOURCES.find((source) => source.path === path)?.text.startsWith("'use client';") === true;
}

/** What a server component loads of the kit: all that `path` imports, up to what is the browser's. */
function loadedByServer(path: string, seen = new Set<string>()): ReadonlySet<string> {
  const source = SOURCES.find((candidate) => candidate.path === path);
  if (source === undefined || seen.has(path)) return seen;
  seen.add(path);
  if (!isClient(path)) for (const next of source.imports) loadedByServer(next, seen);
  return seen;
}

describe('what a server component imports', () => {
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

describe('layers', () => {
  it('finds the sources', () => {
    expect(SOURCES.length).toBeGreaterThan(30);
    expect(SOURCES.flatMap(({ imports }) => imports).length).toBeGreaterThan(100);
  });

  it('import only what is below them', () => {
    const breaches = SOURCES.flatMap(({ path, imports }) =>
      imports
        .filter((target) => {
          const layer = layerOf(path);
          const allowed = MAY_IMPORT[layer] ?? [];
          const to = layerOf(target);
          return to !== layer && !allowed.includes(to) && !allowed.includes(target);
        })
        .map((target) => `${path} imports ${target}`),
    );
    expect(breaches).toEqual([]);
  });

  it('have no cycles, type-only imports included', () => {
    const graph = new Map(SOURCES.map(({ path, imports }) => [path, imports]));
    const finished = new Set<string>();
    const cycles: string[] = [];
    const visit = (path: string, trail: readonly string[]): void => {
      if (finished.has(path)) return;
      if (trail.includes(path)) {
        cycles.push([...trail.slice(trail.indexOf(path)), path].join(' > '));
        return;
      }
      for (const next of graph.get(path) ?? []) visit(next, [...trail, path]);
      finished.add(path);
    };
    for (const path of graph.keys()) visit(path, []);
    expect(cycles).toEqual([]);
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
    expect(only(/new Worker\(/, 'src/core/foundation/ticker.ts')).toEqual([]);
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
