import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * Puts what is imported on use into the one file that has everything, as if it were imported ahead:
 * esbuild would wrap each module of it, and of all that it imports, in a function.
 */
export function oneFile() {
  return {
    name: 'one-file',
    setup(build) {
      build.onLoad({ filter: /\.js$/ }, async ({ path }) => {
        let contents = await readFile(path, 'utf8');
        for (const [call, from] of contents.matchAll(/\bimport\(["'`](\.[^"'`]+)["'`]\)/g)) {
          const names = exportsOf(await readFile(join(dirname(path), from), 'utf8'));
          const part = names.map((name) => `${name}: ahead_${name}`);
          const imported = names.map((name) => `${name} as ahead_${name}`);
          contents = contents.replace(call, `Promise.resolve({ ${part.join(', ')} })`);
          contents += `\nimport { ${imported.join(', ')} } from '${from}';\n`;
        }
        return { contents, loader: 'js' };
      });
    },
  };
}

/** The names in the list at the end of a built module. */
function exportsOf(code) {
  const [, names] = code.match(/^export \{([^}]*)\};?\s*$/m) ?? [];
  if (names === undefined || / as /.test(names)) throw new Error('A part lists no plain exports.');
  return names.split(',').map((name) => name.trim());
}
