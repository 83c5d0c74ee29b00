import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Ingest, type IngestEvent, startIngest } from './index.js';
import { waitUntil } from './testing/wait-until.js';

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

describe('the ingest itself', () => {
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
