import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';
import { startIngest } from '../ingest/index.js';

/**
 * `npm start`: the local ingest and the demo page together, until Ctrl-C. The page reaches the
 * ingest's HTTP interface through this server, so that it is one origin to the browser.
 */
const root = dirname(fileURLToPath(import.meta.url));
const ingest = await startIngest({
  port: Number(process.env['INGEST_PORT'] ?? 3334),
  directory: process.env['INGEST_DIRECTORY'] ?? `${root}/../.ingest`,
}).catch(
  // Another demo may have the port and the directory; any port is as good, and memory will do.
  () => startIngest(),
);
const server = await createServer({
  root,
  configFile: `${root}/../vite.config.ts`,
  server: {
    port: Number(process.env['PORT'] ?? 5173),
    proxy: {
      '/ingest/': {
        target: ingest.url,
        configure: (proxy) => {
          // The proxy keeps an answer open whose source broke off; the page waits for its end.
          proxy.on('proxyRes', (answer, _, response) => {
            answer.once('close', () => response.destroy());
          });
        },
      },
    },
  },
});
await server.listen();

console.log(`
  webrtc-broadcaster demo   ${server.resolvedUrls?.local[0] ?? ''}
  local ingest              ${ingest.url}/

  Open the first address, turn on the camera, and go live. Ctrl-C stops both.
`);

let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (stopping) process.exit(1);
    stopping = true;
    void Promise.all([server.close(), ingest.close()]).then(() => process.exit(0));
  });
}
