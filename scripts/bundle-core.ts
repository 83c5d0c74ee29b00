import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { transform } from 'esbuild';
import type { Plugin } from 'vite';
import { build } from 'vite';
import { importAhead, isOneOf } from './one-file.js';

/** Where the files of the capabilities go, beside the file with the core. */
export const CAPABILITY_FOLDER = 'core.min';

/**
 * Writes `core.min.js`, one file with the whole core, for pages without a bundler and for CDNs. Each
 * capability gets a file of its own in a folder beside it, which takes from that file all that both
 * need, so that there is one class of errors and one of everything else.
 *
 * @param dist The folder with the built `core.js`.
 * @param capabilities The modules in that folder that stay imported on use.
 */
export async function bundleCore(dist: string, capabilities: readonly string[]): Promise<void> {
  const result = await build({
    root: dist,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    plugins: [importOthersAhead(isOneOf(capabilities)), findWorkers(dist)],
    build: {
      write: false,
      minify: false,
      target: 'es2022',
      lib: { entry: { 'core.min': join(dist, 'core.js') }, formats: ['es'] },
      rolldownOptions: {
        // A capability takes what it needs of the core from the file that the page has.
        preserveEntrySignatures: 'allow-extension',
        output: {
          entryFileNames: '[name].js',
          // The name changes with the code, so that an open page never gets a newer one.
          chunkFileNames: `${CAPABILITY_FOLDER}/[name]-[hash].js`,
        },
      },
    },
  });
  const outputs = [result].flat().flatMap((one) => ('output' in one ? one.output : []));
  for (const chunk of outputs) {
    if (chunk.type !== 'chunk') throw new Error(`The core came with ${chunk.fileName}.`);
    const { code } = await transform(chunk.code, {
      minify: true,
      format: 'esm',
      target: 'es2022',
      legalComments: 'none',
    });
    const file = join(dist, chunk.fileName);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, code);
  }
}

function importOthersAhead(isCapability: (path: string) => boolean): Plugin {
  return {
    name: 'import-others-ahead',
    enforce: 'pre',
    load: (id) => (id.endsWith('.js') ? importAhead(id, isCapability) : null),
  };
}

/** Names the file of a worker from where the bundled code lies, not from where its module did. */
function findWorkers(dist: string): Plugin {
  return {
    name: 'find-workers',
    enforce: 'pre',
    transform: (code, id) =>
      code.replace(/new URL\(["'`](\.[^"'`]+)["'`], import\.meta\.url\)/g, (_, file: string) => {
        const path = relative(dist, join(dirname(id), file))
          .split(sep)
          .join('/');
        return `__WORKER_OF_THE_KIT__("${path}")`;
      }),
    renderChunk: (code, { fileName }) =>
      code.replace(/__WORKER_OF_THE_KIT__\("([^"]+)"\)/g, (_, path: string) => {
        const from = posix.relative(posix.dirname(fileName), path);
        return `new URL("${from.startsWith('.') ? from : `./${from}`}", import.meta.url)`;
      }),
  };
}
