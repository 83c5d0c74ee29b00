import { readdirSync } from 'node:fs';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { build } from 'vite';

/** A page under this name is no secure context, unlike one on localhost. Nothing resolves it. */
export const INSECURE_HOST = 'insecure.test';

/** The pages of e2e/pages and bench/pages, bundled from the sources. */
export interface App {
  /** `http://127.0.0.1:port` */
  readonly origin: string;
  pageUrl(
    name:
      | 'core'
      | 'component'
      | 'embedded'
      | 'gallery'
      | 'panel'
      | 'two'
      | 'oven-player'
      | 'hls'
      | 'viewer',
  ): string;
  close(): Promise<void>;
}

const root = fileURLToPath(new URL('..', import.meta.url));
const PAGE_FOLDERS = ['e2e/pages', 'bench/pages'];

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
};

/**
 * Bundles the test pages, and serves them on a free port, on loopback unless told otherwise. React is
 * the one that `NODE_ENV` names, for development if it names none.
 */
export async function startApp(host = '127.0.0.1'): Promise<App> {
  const files = await bundlePages();
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const content = files.get(pathname);
    if (content === undefined) {
      response.writeHead(404).end();
      return;
    }
    const type = TYPES[extname(pathname)] ?? 'application/octet-stream';
    response.writeHead(200, { 'content-type': type }).end(content);
  });
  const origin = `http://${host}:${await listen(server, host)}`;
  return {
    origin,
    pageUrl: (name) => `${origin}/e2e/pages/${name}.html`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/**
 * The files of the pages by their paths. Bundled, because a page of two hundred modules waits so long
 * for connections that a network interface which comes or goes on the machine (another test's, a
 * container's) makes Chromium give some of them up (ERR_NETWORK_CHANGED), and the page stays empty.
 */
async function bundlePages(): Promise<ReadonlyMap<string, string | Uint8Array>> {
  process.env['NODE_ENV'] ??= 'development';
  const pages = PAGE_FOLDERS.flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.html'))
      .map((name) => join(root, folder, name)),
  );
  const built = await build({
    root,
    configFile: false,
    // Each file that React marks for the browser is warned of; what fails throws.
    logLevel: 'error',
    plugins: [react()],
    publicDir: false,
    worker: { format: 'es' },
    build: {
      write: false,
      minify: false,
      target: 'esnext',
      assetsInlineLimit: 0,
      rolldownOptions: { input: pages },
    },
  });
  if (!('output' in built)) throw new Error('Vite built something else than one set of pages.');
  return new Map(
    built.output.map((file) => [
      `/${file.fileName}`,
      file.type === 'chunk' ? file.code : file.source,
    ]),
  );
}

function listen(server: Server, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, host, () => resolve((server.address() as AddressInfo).port));
  });
}
