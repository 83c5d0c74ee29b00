import type { Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

/** A page under this name is no secure context, unlike one on localhost. Nothing resolves it. */
export const INSECURE_HOST = 'insecure.test';

/** The pages of e2e/pages and bench/pages, made from the sources. */
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
      | 'whip-whep'
      | 'hls'
      | 'viewer',
  ): string;
  close(): Promise<void>;
}

const root = fileURLToPath(new URL('..', import.meta.url));
const PAGE = /^\/(e2e|bench)\/pages\/[\w-]+\.html$/;

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
};

/** The files of a page, by path. */
type Files = ReadonlyMap<string, string | Uint8Array>;

/**
 * Serves the test pages on a free port, on loopback unless told otherwise; each is bundled when it is
 * first asked for. React is the one that `NODE_ENV` names, for development if it names none.
 */
export async function startApp(host = '127.0.0.1'): Promise<App> {
  const bundles = new Map<string, Promise<Files>>();
  const answer = async (path: string, response: ServerResponse) => {
    if (PAGE.test(path) && !bundles.has(path)) bundles.set(path, bundlePage(path));
    for (const bundle of bundles.values()) {
      const content = (await bundle).get(path);
      if (content === undefined) continue;
      const type = TYPES[extname(path)] ?? 'application/octet-stream';
      response.writeHead(200, { 'content-type': type }).end(content);
      return;
    }
    response.writeHead(404).end();
  };
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    answer(pathname, response).catch((error) => response.writeHead(500).end(String(error)));
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
 * One page with its script and its styles in it. A network interface that comes or goes on the machine
 * (another test's, a container's) makes Chromium give up what waits for a connection
 * (ERR_NETWORK_CHANGED), and one file of two hundred that does not come leaves a page empty.
 */
async function bundlePage(path: string): Promise<Files> {
  process.env['NODE_ENV'] ??= 'development';
  const built = await build({
    root,
    configFile: false,
    // Each file that React marks for the browser is warned of; what fails throws.
    logLevel: 'error',
    publicDir: false,
    worker: { format: 'es' },
    build: {
      write: false,
      minify: false,
      target: 'esnext',
      assetsInlineLimit: 0,
      rolldownOptions: { input: join(root, path), output: { codeSplitting: false } },
    },
  });
  if (!('output' in built)) throw new Error('Vite built something else than one page.');
  const files = new Map(
    built.output.map((file) => [
      `/${file.fileName}`,
      file.type === 'chunk' ? file.code : file.source,
    ]),
  );
  const text = (name: string) => String(files.get(name) ?? '');
  const page = text(path)
    .replace(/<script type="module" crossorigin src="([^"]+)">/, (_, name) => {
      return `<script type="module">${text(name).replaceAll('</script', '<\\/script')}`;
    })
    .replace(/<link rel="stylesheet" crossorigin href="([^"]+)">/, (_, name) => {
      return `<style>${text(name)}</style>`;
    });
  if (/crossorigin/.test(page.replace(/<script[\s\S]*<\/script>/, ''))) {
    throw new Error(`Vite puts something else beside ${path} now.`);
  }
  return files.set(path, page);
}

function listen(server: Server, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, host, () => resolve((server.address() as AddressInfo).port));
  });
}
