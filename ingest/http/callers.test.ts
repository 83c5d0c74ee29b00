import { request } from 'node:http';
import { hostname } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { type Ingest, type IngestOptions, startIngest } from '../index.js';
import { openOmeClient } from '../testing/ome-client.js';

let ingest: Ingest;
afterEach(() => ingest.close());

/** Answers with the status of a request that says these things of itself. */
async function call(
  headers: Readonly<Record<string, string>>,
  { method = 'GET', path = '/ingest/streams' } = {},
): Promise<number> {
  const { port } = new URL(ingest.url);
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    sent.on('error', reject);
    sent.end(method === 'POST' ? '{}' : undefined);
  });
}

async function start(options: IngestOptions = {}) {
  ingest = await startIngest(options);
  return new URL(ingest.url);
}

describe('the name that an ingest is called by', () => {
  it.each([
    ['localhost:80', 200],
    ['LOCALHOST', 200],
    ['127.0.0.1:1', 200],
    ['[::1]:80', 200],
    ['ingest.test:3334', 200],
    ['evil.example', 403],
    ['localhost.evil.example', 403],
    ['127.0.0.1.evil.example', 403],
    ['192.0.2.1', 403],
  ])('on loopback may be its own or one allowed: %s', async (host, status) => {
    await start({ allowedHosts: ['ingest.test'] });
    expect(await call({ host })).toBe(status);
  });

  it.each([
    ['localhost', 200],
    ['192.0.2.1:80', 200],
    ['[2001:db8::1]:80', 200],
    [hostname(), 200],
    ['evil.example', 403],
    ['rebound.192.0.2.1.example', 403],
  ])('on all addresses is never a foreign one: %s', async (host, status) => {
    await start({ host: '0.0.0.0' });
    expect(await call({ host })).toBe(status);
  });

  it('is one that others reach, where everything is listened on', async () => {
    const { host } = await start({ host: '0.0.0.0' });
    expect(host).not.toMatch(/^0\.0\.0\.0/);
    const { server_urls } = ingest.openStream();
    expect(new URL(server_urls.webrtc).host).toBe(host);
    expect((await fetch(`${ingest.url}/ingest/streams`)).status).toBe(200);
    // The ingest's own page, as it is seen from another machine.
    const own = { host, origin: `http://${host}`, 'content-type': 'application/json' };
    expect(await call(own, { method: 'POST' })).toBe(200);
    const foreign = { ...own, origin: 'http://192.0.2.9' };
    expect(await call(foreign, { method: 'POST' })).toBe(403);
  });

  it('lets in nobody over a socket who may not call', async () => {
    await start();
    const { server_urls } = ingest.openStream();
    const url = `${server_urls.webrtc}?direction=send`;
    await expect(openOmeClient(url, 'https://evil.example')).rejects.toThrow('403');
    const client = await openOmeClient(url, new URL(ingest.url).origin);
    await client.close();
  });
});

describe('a page of another site that names no origin', () => {
  const crossSite = { 'sec-fetch-site': 'cross-site' };

  it.each([
    ['/ingest/streams', { ...crossSite, 'sec-fetch-mode': 'no-cors' }],
    ['/ingest/events', { ...crossSite, 'sec-fetch-mode': 'no-cors' }],
    ['/v1/live/streams', { ...crossSite, 'sec-fetch-mode': 'no-cors' }],
    ['/', { ...crossSite, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' }],
  ])('gets nothing of %s', async (path, headers) => {
    await start();
    expect(await call(headers, { path })).toBe(403);
  });

  it('changes nothing by a form or a link', async () => {
    await start();
    const visit = { ...crossSite, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    const form = { ...visit, 'content-type': 'application/x-www-form-urlencoded' };
    expect(await call(form, { method: 'POST' })).toBe(403);
    expect(await call(visit, { path: '/' })).toBe(200);
    expect(ingest.listStreams()).toEqual([]);
  });

  it('may embed what is played', async () => {
    await start();
    const path = '/play-unknown/qhls/qlive/playlist.m3u8';
    expect(await call({ ...crossSite, 'sec-fetch-dest': 'video' }, { path })).toBe(404);
  });

  it('is told apart from one on the same machine, and from what is no browser', async () => {
    await start();
    expect(await call({ 'sec-fetch-site': 'same-site' })).toBe(200);
    expect(await call({ 'sec-fetch-site': 'none' })).toBe(200);
    expect(await call({})).toBe(200);
  });
});
