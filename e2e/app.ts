import process from 'node:process';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { createServer } from 'vite';

/** A page under this name is no secure context, unlike one on localhost. Nothing resolves it. */
export const INSECURE_HOST = 'insecure.test';

/** The pages of e2e/pages, served from the sources. */
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

/**
 * Starts the server of the test pages on a free port, on loopback unless told otherwise. React is
 * the one that `NODE_ENV` names, for development if it names none.
 */
export async function startApp(host = '127.0.0.1'): Promise<App> {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const server = await createServer({
    root,
    configFile: false,
    logLevel: 'error',
    plugins: [react(), withoutViteClient()],
    cacheDir: `.cache/vite-e2e/${process.env['NODE_ENV'] ?? 'development'}`,
    // Sources that change, and dependencies found late, would reload a page in mid test.
    server: {
      host,
      port: 0,
      hmr: false,
      watch: null,
      allowedHosts: [INSECURE_HOST],
    },
    optimizeDeps: {
      noDiscovery: true,
      include: [
        'react',
        'react-dom',
        'react-dom/client',
        'react/jsx-runtime',
        'react/jsx-dev-runtime',
        'ovenlivekit',
        'ovenplayer',
        'hls.js',
      ],
    },
  });
  await server.listen();
  const [url] = [server.resolvedUrls?.local, server.resolvedUrls?.network].flatMap(
    (all) => all ?? [],
  );
  if (url === undefined) throw new Error('The server of the test pages has no address.');
  const { origin } = new URL(url);
  return {
    origin,
    pageUrl: (name) => `${origin}/e2e/pages/${name}.html`,
    close: () => server.close(),
  };
}

/**
 * Vite's own script in the page loads it again once its socket was cut off, which is what tests do
 * to a page. A page that imports styles still has it.
 */
function withoutViteClient(): Plugin {
  return {
    name: 'without-vite-client',
    transformIndexHtml: {
      order: 'post',
      handler(html) {
        const client = '<script type="module" src="/@vite/client"></script>';
        if (!html.includes(client)) throw new Error('Vite puts its client elsewhere now.');
        return html.replace(client, '');
      },
    },
  };
}
