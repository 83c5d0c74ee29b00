import { readFileSync } from 'node:fs';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import type { Row, Table } from './table.js';
import { ratio } from './table.js';

interface Entry {
  readonly name: string;
  readonly code: string;
}

const ENTRIES: readonly Entry[] = [
  {
    name: 'core: smallest publisher',
    code: `import { createBroadcaster } from './dist/core.js';
      createBroadcaster({ serverUrl: 'wss://host/qlive', streamKey: 'key' }).start();`,
  },
  {
    name: 'component: <WebRTCBroadcaster>',
    code: `import { createElement } from 'react';
      import { createRoot } from 'react-dom/client';
      import { WebRTCBroadcaster } from './dist/index.js';
      createRoot(document.body).render(createElement(WebRTCBroadcaster, { serverUrl: 'wss://host/qlive' }));`,
  },
  {
    name: 'peer: ovenlivekit',
    code: `import OvenLiveKit from 'ovenlivekit';
      const kit = OvenLiveKit.create();
      kit.getUserMedia().then(() => kit.startStreaming('wss://host/qlive/key?direction=send'));`,
  },
];

/** The code that a browser loads to preview and publish. React is left out: every app has it. */
export async function benchSize(): Promise<Table> {
  const sizes = await Promise.all(
    ENTRIES.map(async (entry) => ({ entry, ...(await measure(entry)) })),
  );
  const peer = sizes.at(-1);
  const rows: Row[] = sizes.map(({ entry, min, gzip, brotli }) => ({
    name: entry.name,
    values: { min, gzip, brotli, 'gzip / peer': ratio(gzip, peer?.gzip ?? gzip) },
  }));
  const css = compressed(readFileSync('dist/styles.css'));
  return {
    title: 'Size in bytes',
    note: `esbuild, minified, ES2020, react and react-dom external. styles.css: ${css.min} min, ${css.gzip} gzip, ${css.brotli} brotli.`,
    rows,
  };
}

async function measure({ code }: Entry) {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: process.cwd(), loader: 'js' },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2020',
    platform: 'browser',
    legalComments: 'none',
    define: { 'process.env.NODE_ENV': '"production"' },
    external: ['react', 'react-dom', 'react/*', 'react-dom/*'],
    logLevel: 'error',
  });
  const [output] = outputFiles;
  if (output === undefined) throw new Error('The bundler wrote nothing.');
  return compressed(output.contents);
}

function compressed(contents: Uint8Array) {
  return {
    min: contents.byteLength,
    gzip: gzipSync(contents, { level: 9 }).byteLength,
    brotli: brotliCompressSync(contents, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 11 },
    }).byteLength,
  };
}
