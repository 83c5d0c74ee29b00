import { readFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';

/**
 * Puts what is imported on use into the one file that has everything, as if it were imported ahead:
 * a bundler would wrap each module of it, and of all that it imports, in a function. Modules that
 * `isCapability` knows stay imported on use.
 */
export function oneFile(isCapability = () => false) {
  return {
    name: 'one-file',
    setup(build) {
      build.onLoad({ filter: /\.js$/ }, async ({ path }) => ({
        contents: await importAhead(path, isCapability),
        loader: 'js',
      }));
      build.onResolve({ filter: /^\./ }, ({ kind, path }) =>
        kind === 'dynamic-import' ? { path, external: true } : undefined,
      );
    },
  };
}

/** The code of a built module, which imports ahead all that it would import on use but capabilities. */
export async function importAhead(path, isCapability) {
  let contents = await readFile(path, 'utf8');
  let index = 0;
  for (const [call, from] of contents.matchAll(/\bimport\(["'`](\.[^"'`]+)["'`]\)/g)) {
    const imported = join(dirname(path), from);
    if (isCapability(imported)) continue;
    index += 1;
    const ahead = (name) => `${name}: ahead${index}_${name}`;
    const names = exportsOf(await readFile(imported, 'utf8'));
    contents = contents.replace(call, `Promise.resolve({ ${names.map(ahead).join(', ')} })`);
    const list = names.map((name) => `${name} as ahead${index}_${name}`);
    contents += `\nimport { ${list.join(', ')} } from '${from}';\n`;
  }
  return contents;
}

/** Whether a path is that of one of these modules under `dist/`. */
export function isOneOf(modules) {
  return (path) => modules.some((module) => path.split(sep).join('/').endsWith(`dist/${module}`));
}

/** The names in the list at the end of a built module. */
function exportsOf(code) {
  const [, names] = code.match(/^export \{([^}]*)\};?\s*$/m) ?? [];
  if (names === undefined || / as /.test(names)) throw new Error('A part lists no plain exports.');
  return names.split(',').map((name) => name.trim());
}
