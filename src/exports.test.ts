import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** Source file of each entry that holds code, of the kit and of the ingest. */
const ENTRIES = {
  'webrtc-broadcaster': 'src/index.ts',
  'webrtc-broadcaster/core': 'src/core/index.ts',
  'webrtc-broadcaster/qencode': 'src/qencode/index.ts',
  'webrtc-broadcaster/testing': 'src/testing/index.ts',
  'parts of Broadcaster': 'src/react/parts/index.ts',
  'webrtc-broadcaster-ingest': 'ingest/index.ts',
} as const;

/** The names a file exports, types marked as such; a star export shows where it leads. */
function exportsOf(path: string): readonly string[] {
  const text = readFileSync(join(ROOT, path), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
  const names: string[] = [];
  for (const [, type, list = ''] of text.matchAll(/export (type )?\{([^}]*)\}/g)) {
    for (const item of list.split(',').map((part) => part.trim())) {
      const name =
        item
          .split(/\s+as\s+/)
          .at(-1)
          ?.replace(/^type /, '') ?? '';
      if (name !== '') names.push(type || item.startsWith('type ') ? `type ${name}` : name);
    }
  }
  for (const [, name, from] of text.matchAll(/export \*(?: as (\w+))? from '([^']+)'/g)) {
    names.push(name === undefined ? `* from ${from}` : `${name}.*`);
  }
  for (const [, kind, name] of text.matchAll(
    /export (?:async )?(function|const|class|interface|type) (\w+)/g,
  )) {
    names.push(kind === 'interface' || kind === 'type' ? `type ${name}` : String(name));
  }
  return names.sort();
}

describe('the public names', () => {
  it.each(Object.entries(ENTRIES))('of %s change only on purpose', (entry, path) => {
    expect(exportsOf(path).join('\n')).toMatchSnapshot(entry);
  });

  it('are what the exports maps of the packages lead to', () => {
    const entries = ['package.json', 'ingest/package.json'].flatMap((file) => {
      const { name, exports } = JSON.parse(readFileSync(join(ROOT, file), 'utf8'));
      return Object.keys(exports)
        .filter((key) => !/\.(css|json|min\.js)$/.test(key))
        .map((key) => key.replace('.', name));
    });
    const listed = Object.keys(ENTRIES).filter((name) => name.startsWith('webrtc-broadcaster'));
    expect(entries.sort()).toEqual(listed.sort());
    for (const path of Object.values(ENTRIES)) expect(existsSync(join(ROOT, path))).toBe(true);
  });
});
