import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';
import { startIngest } from '../ingest/index.js';
import { createLiveClient, toNodeListener } from '../src/qencode/index.js';
import { createDemoApi } from './demo-api.js';
import { createIngestProxy } from './ingest-proxy.js';

/**
 * `npm start`: the demo page, its server, and the local ingest that plays Qencode Live, until
 * Ctrl-C. With `QENCODE_API_KEY` in the environment the same page runs against the real service.
 */
const root = dirname(fileURLToPath(import.meta.url));
const host = '127.0.0.1';
const { QENCODE_API_KEY: apiKey, QENCODE_API_URL: apiUrl } = process.env;
const ingest = apiKey === undefined ? await startLocalIngest() : null;

let api: ReturnType<typeof toNodeListener> | undefined;
// The page reaches the ingest's events and faults through this server: one origin to it.
const proxy = ingest === null ? undefined : createIngestProxy(ingest.url);
const server = await createServer({
  root,
  configFile: join(root, '../vite.config.ts'),
  plugins: [
    {
      name: 'demo-api',
      configureServer({ middlewares }) {
        middlewares.use((request, response, next) => {
          if (api !== undefined && request.url?.startsWith('/api/')) api(request, response);
          else if (proxy !== undefined && request.url?.startsWith('/ingest/'))
            proxy(request, response);
          else next();
        });
      },
    },
  ],
  server: {
    host,
    port: Number(process.env['PORT'] ?? 5173),
  },
});
await server.listen();
const [page = ''] = server.resolvedUrls?.local ?? [];
api = toNodeListener(
  createDemoApi(
    ingest === null
      ? {
          service: 'qencode',
          client: createLiveClient({
            apiKey: apiKey ?? '',
            ...(apiUrl !== undefined && { baseUrl: apiUrl }),
          }),
          // Qencode reaches this server only where somebody made it reachable.
          callbackUrl: process.env['QENCODE_CALLBACK_URL'],
        }
      : {
          service: 'local',
          client: createLiveClient({ apiKey: 'local', baseUrl: ingest.url }),
          callbackUrl: `${page}api/callback`,
        },
  ),
);

console.log(`
  webrtc-broadcaster demo   ${page}
  ${ingest === null ? 'Live API                  Qencode Live, with your key' : `local ingest              ${ingest.url}`}

  Open the first address, start a stream, and go live. Ctrl-C stops it all.
`);

let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (stopping) process.exit(1);
    stopping = true;
    void Promise.all([server.close(), ingest?.close()]).then(() => process.exit(0));
  });
}

/** With every way in, and streams that outlive the process. */
async function startLocalIngest() {
  const { INGEST_PORT = 3334, RTMP_PORT = 1935, SRT_PORT = 9999, INGEST_DIRECTORY } = process.env;
  const usual = {
    port: Number(INGEST_PORT),
    rtmpPort: Number(RTMP_PORT),
    srtPort: Number(SRT_PORT),
  };
  return startIngest({ ...usual, directory: INGEST_DIRECTORY ?? join(root, '../.ingest') }).catch(
    // Somebody else, such as a second demo, has a port or the streams; any other are as good.
    () => startIngest({ rtmpPort: 0, srtPort: 0 }),
  );
}
