import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Ingest, type IngestEvent, startIngest } from '../index.js';
import { waitUntil } from '../testing/wait-until.js';

let ingest: Ingest;
beforeEach(async () => {
  // Two rule minutes pass in 240 ms.
  ingest = await startIngest({ timeScale: 500 });
});
afterEach(() => ingest.close());

async function call(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
) {
  const response = await fetch(`${ingest.url}${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text && JSON.parse(text) };
}

describe('the control API', () => {
  it('opens a stream for a page, and reports without its key', async () => {
    const { body: stream } = await call('POST', '/ingest/streams', { name: 'Demo' });
    expect(stream).toMatchObject({ name: 'Demo', status: 'waiting' });
    const list = await call('GET', '/ingest/streams');
    expect(list.body).toHaveLength(1);
    expect(list.body[0]).toMatchObject({ id: stream.id, packets: 0, publishing: false });
    expect(JSON.stringify(list.body)).not.toContain(stream.stream_key);
    expect((await call('POST', `/ingest/streams/${stream.id}/stop`)).body.status).toBe('stopped');
    expect((await call('POST', `/ingest/streams/${stream.id}/stop`)).status).toBe(406);
    const again = await call('POST', `/ingest/streams/${stream.id}/start`);
    expect(again.body).toMatchObject({ status: 'waiting', stream_key: stream.stream_key });
    expect((await call('DELETE', `/ingest/streams/${stream.id}`)).body.status).toBe('deleted');
    expect((await call('GET', `/ingest/streams/${stream.id}`)).status).toBe(404);
  });

  it('sets and takes away faults', async () => {
    const { id } = ingest.openStream();
    const path = `/ingest/streams/${id}/faults`;
    const set = await call('POST', path, { kind: 'slow-offer', delayMs: 5 });
    expect(set.body.fault).toEqual({ kind: 'slow-offer', delayMs: 5 });
    expect((await call('DELETE', path)).body.fault).toBeUndefined();
    expect(await call('POST', path, { kind: 'earthquake' })).toMatchObject({
      status: 400,
      body: { error: 400, message: expect.stringContaining('cut-media') },
    });
  });

  it('answers before it restarts', async () => {
    const events: string[] = [];
    ingest.subscribe(({ kind }) => events.push(kind));
    expect((await call('POST', '/ingest/faults', { kind: 'restart', downForMs: 0 })).status).toBe(
      200,
    );
    await waitUntil(() => events.includes('restarted'), 'the ingest is back');
    expect(events.indexOf('restarting')).toBeLessThan(events.indexOf('restarted'));
    expect((await call('GET', '/ingest/streams')).status).toBe(200);
  });

  it('streams events in plain words', async () => {
    const { id, stream_key } = ingest.openStream();
    const aborter = new AbortController();
    const response = await fetch(`${ingest.url}/ingest/events`, { signal: aborter.signal });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    let text = '';
    const reading = (async () => {
      const decoder = new TextDecoder();
      for await (const chunk of response.body ?? []) text += decoder.decode(chunk);
    })().catch(() => {});
    ingest.stopStream(id);
    await waitUntil(() => text.includes('stream-stopped'), 'the stop is told');
    aborter.abort();
    await reading;
    const events: IngestEvent[] = text
      .trim()
      .split('\n\n')
      .map((block) => JSON.parse(block.replace('data: ', '')));
    expect(events.map((event) => event.text)).toEqual([
      'Stream created',
      'Stream started',
      'Stream stopped',
    ]);
    expect(events.every(({ streamId }) => streamId === id)).toBe(true);
    expect(text).not.toContain(stream_key);
  });

  it('serves pages on loopback, and no others', async () => {
    const page = { origin: 'http://localhost:5173' };
    const preflight = await call('OPTIONS', '/ingest/streams', undefined, page);
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe(page.origin);
    for (const origin of ['https://example.com', 'http://127.0.0.1.example.com', 'null']) {
      expect((await call('POST', '/ingest/streams', {}, { origin })).status).toBe(403);
    }
    expect(ingest.listStreams()).toEqual([]);
  });
});

describe('the page', () => {
  it('is one document, one style and one script, of the ingest’s own and in no frame', async () => {
    const files = [
      ['/', 'text/html; charset=utf-8'],
      ['/ingest/', 'text/html; charset=utf-8'],
      ['/ingest/page.css', 'text/css; charset=utf-8'],
      ['/ingest/page.js', 'text/javascript; charset=utf-8'],
    ] as const;
    for (const [path, type] of files) {
      const { status, headers } = await fetch(`${ingest.url}${path}`);
      expect([status, headers.get('content-type')]).toEqual([200, type]);
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain('unsafe');
    }
    const document = await (await fetch(ingest.url)).text();
    expect(document).not.toMatch(/https?:|<style|<script>| on\w+=/);
    expect((await call('POST', '/')).status).toBe(405);
  });

  it('is for its own origin, but tells everybody that the ingest is there', async () => {
    const kept = async (method: string) =>
      (await fetch(ingest.url, { method })).headers.get('cross-origin-resource-policy');
    expect(await kept('GET')).toBe('same-origin');
    // Chromium would tell a page that asks from elsewhere of no answer at all.
    expect(await kept('HEAD')).toBeNull();
  });

  it('can change something with JSON only, from whatever origin', async () => {
    const { id } = ingest.createStream();
    const origin = ingest.url;
    const path = `/ingest/streams/${id}/start`;
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
      const form = { origin, 'content-type': type };
      expect((await call('POST', path, '{}', form)).status).toBe(415);
    }
    expect((await call('POST', path, undefined, { origin })).status).toBe(415);
    expect(ingest.getStream(id)?.status).toBe('created');
    const json = { origin, 'content-type': 'application/json' };
    expect((await call('POST', path, {}, json)).status).toBe(200);
    expect((await call('POST', path, {}, { ...json, origin: 'https://a.example' })).status).toBe(
      403,
    );
  });

  it('is told the events of one stream', async () => {
    const { id } = ingest.openStream();
    ingest.openStream();
    const { body } = await call('GET', `/ingest/streams/${id}/events`);
    expect(body.map(({ text }: IngestEvent) => text)).toEqual(['Stream created', 'Stream started']);
    expect((await call('POST', `/ingest/streams/${id}/events`)).status).toBe(405);
  });
});

describe('the ingest itself', () => {
  it('listens on loopback only, unless told otherwise', async () => {
    const port = Number(new URL(ingest.url).port);
    const reaches = (host: string) =>
      new Promise<boolean>((resolve) => {
        const socket = connect(port, host, () => resolve(true));
        socket.on('error', () => resolve(false));
        socket.on('close', () => socket.destroy());
        socket.on('connect', () => socket.end());
      });
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ internal, family }) => !internal && family === 'IPv4')
      .map(({ address }) => address);
    expect(await reaches('127.0.0.1')).toBe(true);
    // On Linux all of 127/8 is this machine.
    const near = process.platform === 'linux' ? ['::1', '127.0.0.2'] : ['::1'];
    for (const host of [...near, ...others]) expect(await reaches(host)).toBe(false);
  });

  it('refuses options that make no sense, and a port that is taken', async () => {
    await expect(startIngest({ timeScale: 0 })).rejects.toThrow(RangeError);
    await expect(startIngest({ port: 99_999 })).rejects.toThrow(RangeError);
    const port = Number(new URL(ingest.url).port);
    await expect(startIngest({ port })).rejects.toThrow('EADDRINUSE');
  });

  it('comes back on the same port with its streams', async () => {
    const { id } = ingest.createStream();
    await ingest.restart({ downForMs: 10 });
    expect((await call('GET', `/ingest/streams/${id}`)).status).toBe(200);
  });

  it('closes as often as one likes', async () => {
    await Promise.all([ingest.close(), ingest.close()]);
    await expect(fetch(ingest.url)).rejects.toThrow();
  });
});
