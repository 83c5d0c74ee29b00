import { once } from 'node:events';
import type { RequestListener, Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { createIngestProxy } from './ingest-proxy.js';

const servers: Server[] = [];
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const closeAll = () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
};
afterEach(closeAll);

it('passes on method, path, query, body and answer', async () => {
  const ingest = await serve(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    response.writeHead(201, { 'x-seen': `${request.method} ${request.url}` });
    response.end(`got ${Buffer.concat(chunks)}`);
  });
  const page = await serve(createIngestProxy(ingest));
  const answer = await fetch(`${page}/ingest/faults?all=1`, { method: 'POST', body: 'a fault' });
  expect(answer.status).toBe(201);
  expect(answer.headers.get('x-seen')).toBe('POST /ingest/faults?all=1');
  expect(await answer.text()).toBe('got a fault');
});

it('says 502, in words, while the ingest is away', async () => {
  const ingest = await serve((_, response) => response.end());
  closeAll();
  const page = await serve(createIngestProxy(ingest));
  const answer = await fetch(`${page}/ingest/events`);
  expect(answer.status).toBe(502);
  expect(await answer.json()).toEqual({
    message: 'The local server does not answer. It may be restarting.',
  });
});

it('breaks the page off when the ingest does, and the ingest when the page does', async () => {
  let closed = 0;
  const ingest = await serve((request, response) => {
    response.once('close', () => {
      closed += 1;
    });
    response.write('data: one\n\n');
    if (request.url?.endsWith('cut')) response.write('', () => response.destroy());
  });
  const page = await serve(createIngestProxy(ingest));
  const cut = await fetch(`${page}/ingest/cut`);
  await expect(cut.text()).rejects.toThrow();
  const abort = new AbortController();
  await fetch(`${page}/ingest/events`, { signal: abort.signal });
  abort.abort();
  await expect.poll(() => closed).toBe(2);
});
