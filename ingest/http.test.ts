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

async function authorized() {
  const { body } = await call('POST', '/v1/access_token/any-key');
  return { authorization: `Bearer ${body.access_token}` };
}

describe('the Live API', () => {
  it('wants a token it gave out', async () => {
    for (const authorization of [
      {},
      { authorization: 'Bearer 1.2' },
      { authorization: 'Bearer' },
    ]) {
      expect(await call('GET', '/v1/live-streams', undefined, authorization)).toMatchObject({
        status: 401,
        body: { error: 401 },
      });
    }
    expect((await call('GET', '/v1/live-streams', undefined, await authorized())).body).toEqual([]);
  });

  it('creates, starts and stops; 406 to a repetition', async () => {
    const token = await authorized();
    const created = await call('POST', '/v1/live-streams', { name: 'Mine' }, token);
    expect(created.body).toMatchObject({ name: 'Mine', status: 'created', server_urls: {} });
    expect(created.body.started_at).toBeUndefined();
    const path = `/v1/live-streams/${created.body.id}`;
    const started = await call('POST', `${path}/start`, undefined, token);
    expect(started.body).toMatchObject({ status: 'waiting', stream_key: created.body.stream_key });
    expect(started.body.server_urls.webrtc).toBe(
      `${ingest.webSocketUrl}/qlive/${created.body.stream_key}`,
    );
    expect(Date.parse(started.body.started_at)).toBeGreaterThan(0);
    expect((await call('POST', `${path}/start`, undefined, token)).status).toBe(406);
    expect((await call('POST', `${path}/stop`, undefined, token)).body.status).toBe('stopped');
    expect((await call('POST', `${path}/stop`, undefined, token)).status).toBe(406);
    expect((await call('DELETE', path, undefined, token)).body.status).toBe('deleted');
    expect((await call('GET', path, undefined, token)).status).toBe(404);
  });

  it('stops a stream that nobody publishes to after 120 s of the rules', async () => {
    const { id } = ingest.openStream();
    await waitUntil(() => ingest.getStream(id)?.status === 'stopped', 'the rules stop it');
    expect(ingest.startStream(id).status).toBe('waiting');
  });

  it.each([
    ['GET', '/v1/live-streams/nobody', undefined, 404],
    ['PUT', '/v1/live-streams', undefined, 405],
    ['POST', '/v1/live-streams', '{', 400],
    ['POST', '/v1/live-streams', [], 400],
    ['POST', '/v1/live-streams', { name: 7 }, 400],
    ['POST', '/v1/live-streams', { input_format: 'rtmp' }, 400],
    ['POST', '/v1/live-streams', { name: 'x'.repeat(70_000) }, 413],
    ['GET', '/v1/%E0', undefined, 400],
    ['GET', '/elsewhere', undefined, 404],
  ])('answers %s %s with %j by %i', async (method, path, body, status) => {
    const reply = await call(method, path, body, await authorized());
    expect(reply.status).toBe(status);
    expect(reply.body).toEqual({ error: status, message: expect.any(String) });
  });
});

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
