import { createServer, request as nodeRequest, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Ingest, startIngest } from '../../ingest/index.js';
import { createLiveClient, type LiveClient } from './live-client.js';
import { toNodeListener } from './node-listener.js';
import { createSessionHandler, type SessionHandler } from './session-handler.js';
import { type BroadcastSession, parseBroadcastSession } from './session-messages.js';
import type { SessionHandlerOptions } from './session-options.js';
import { closeServer, listenOnLoopback, type Reply, startTestServer } from './test-server.js';

const apiKey = 'api-key-5ec3e7';

/** The caller of a test's requests, as a cookie would tell. */
const authorize = ({ headers }: Request) => {
  const caller = headers.get('x-user');
  return caller === null ? null : { caller };
};

interface App {
  readonly url: string;
  readonly handler: SessionHandler;
  readonly errors: readonly unknown[];
  call(
    method: string,
    about?: {
      readonly session?: string;
      readonly user?: string | null;
      readonly body?: string;
      readonly headers?: Readonly<Record<string, string>>;
    },
  ): Promise<{
    readonly status: number;
    readonly headers: Headers;
    // biome-ignore lint/suspicious/noExplicitAny: answers are judged field by field.
    readonly body: any;
  }>;
  start(user?: string): Promise<BroadcastSession>;
}

const running: Server[] = [];
let ingest: Ingest;
let client: LiveClient;
/** Everything that any answer said, to look for secrets in. */
let said: string;
let tokens: string[];
beforeEach(async () => {
  said = '';
  tokens = [];
  ingest = await startIngest();
  const listening: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    if (!String(input).includes('access_token')) return response;
    tokens.push((await response.clone().json()).access_token);
    return response;
  };
  client = createLiveClient({ apiKey, baseUrl: ingest.url, fetch: listening });
});
afterEach(async () => {
  await Promise.all(running.splice(0).map(closeServer));
  await ingest.close();
  for (const secret of [apiKey, ...tokens]) expect(said.includes(secret)).toBe(false);
});

/** An app's server with the endpoint at `/api/broadcast` and the webhook at `/api/hook`. */
async function startApp(options: Partial<SessionHandlerOptions> = {}): Promise<App> {
  const errors: unknown[] = [];
  const onError = (error: unknown) => errors.push(error);
  const handler = createSessionHandler({ client, authorize, onError, ...options });
  const listener = toNodeListener((request) =>
    new URL(request.url).pathname === '/api/hook' ? handler.callback(request) : handler(request),
  );
  const server = createServer(listener);
  running.push(server);
  const origin = await listenOnLoopback(server);
  const url = `${origin}/api/broadcast`;
  const call: App['call'] = async (method, about = {}) => {
    const { session, user = 'ann', body, headers = {} } = about;
    const response = await fetch(
      session === undefined ? url : `${url}?session=${encodeURIComponent(session)}`,
      {
        method,
        headers: {
          ...(user === null ? {} : { 'x-user': user }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body }),
      },
    );
    const text = await response.text();
    said += `${response.status} ${JSON.stringify([...response.headers])} ${text}\n`;
    expect(response.headers.get('cache-control')).toBe('no-store');
    return { status: response.status, headers: response.headers, body: text && JSON.parse(text) };
  };
  return {
    url,
    handler,
    errors,
    call,
    async start(user = 'ann') {
      const session = parseBroadcastSession((await call('POST', { user })).body);
      if (session === null) throw new Error(`No session: ${said}`);
      return session;
    },
  };
}

describe('making a session endpoint', () => {
  it.each([
    ['authorize', { authorize: undefined }],
    ['client', { client: undefined }],
    ['secret', { secret: 'short' }],
    ['pollSeconds', { pollSeconds: 0 }],
    ['startLimit', { startLimit: { starts: 0, perSeconds: 1 } }],
    ['sessionSeconds', { sessionSeconds: 0 }],
    ['sessionSeconds', { sessionSeconds: Number.POSITIVE_INFINITY }],
    ['maxEventStreams', { maxEventStreams: 0 }],
    ['maxEventStreams', { maxEventStreams: 1.5 }],
    ['trustProxy', { trustProxy: 'yes' }],
    ['origin', { origin: 'app.example' }],
    ['allowedOrigins', { allowedOrigins: ['https://app.example/path'] }],
    ['allowedOrigins', { allowedOrigins: ['*'] }],
  ])('names %s when it is %j', (named, wrong) => {
    const options = { client, authorize, ...wrong };
    const make = () => Reflect.apply(createSessionHandler, null, [options]);
    expect(make).toThrow(TypeError);
    expect(make).toThrow(named);
  });
});

describe('a session', () => {
  it('is a stream that was created and started for its caller', async () => {
    const app = await startApp();
    const before = Date.now();
    const { status, body } = await app.call('POST', { body: '{"name":"Evening show"}' });
    expect(status).toBe(201);
    const [stream] = ingest.listStreams();
    expect(stream).toMatchObject({
      name: 'Evening show',
      status: 'waiting',
      input_format: 'webrtc',
    });
    expect(body).toEqual({
      session: expect.any(String),
      status: 'waiting',
      serverUrl: stream?.server_urls.webrtc,
      streamKey: stream?.stream_key,
      startedAt: expect.any(String),
      serverTime: expect.any(String),
      playbackUrl: stream?.playback_urls[0],
      rtmpUrl: stream?.server_urls.rtmp ?? null,
      srtUrl: stream?.server_urls.srt ?? null,
    });
    const startedAt = Date.parse(body.startedAt);
    expect(Date.parse(body.serverTime)).toBeGreaterThanOrEqual(startedAt);
    expect(startedAt).toBeGreaterThanOrEqual(before);
    expect(startedAt).toBeLessThanOrEqual(Date.parse(stream?.started_at ?? ''));
    expect(body.session).not.toContain(stream?.stream_key);
  });

  it('tells its status, stops as often as one likes, and starts again', async () => {
    const app = await startApp();
    const { session, startedAt } = await app.start();
    const waiting = await app.call('GET', { session });
    expect(waiting).toMatchObject({ status: 200, body: { session, status: 'waiting', startedAt } });
    for (const _ of [1, 2]) {
      const stopped = await app.call('DELETE', { session });
      expect(stopped).toMatchObject({
        status: 200,
        body: { session, status: 'stopped', startedAt },
      });
    }
    const renewed = await app.call('PUT', { session });
    expect(renewed).toMatchObject({ status: 200, body: { status: 'waiting' } });
    expect(renewed.body.session).not.toBe(session);
    expect(ingest.listStreams()).toHaveLength(1);
    expect(renewed.body.serverUrl).toBe(ingest.listStreams()[0]?.server_urls.webrtc);
    const { session: next } = renewed.body;
    expect((await app.call('GET', { session: next })).body.status).toBe('waiting');
  });

  it('may be on a stream that the app names', async () => {
    const own = await client.createStream({ inputFormat: 'webrtc' });
    const app = await startApp({ streamFor: async (caller) => (caller === 'ann' ? own.id : null) });
    expect((await app.start('ann')).streamKey).toBe(own.streamKey);
    expect((await app.start('ben')).streamKey).not.toBe(own.streamKey);
    expect(ingest.listStreams()).toHaveLength(2);
    const again = await app.start('ann');
    expect(again.streamKey).toBe(own.streamKey);
    const startedAt = ingest.getStream(own.id)?.started_at ?? '';
    expect(Date.parse(again.startedAt ?? '')).toBeLessThanOrEqual(Date.parse(startedAt));
  });

  it('sets the webhook on the stream it creates', async () => {
    const app = await startApp({ callbackUrl: 'https://app.example/api/hook' });
    await app.start();
    expect(ingest.listStreams()[0]?.callback_url).toBe('https://app.example/api/hook');
  });

  it('is known to another server with the same secret, and to none without', async () => {
    const secret = 'a secret of the app, long enough';
    const first = await startApp({ secret });
    const { session } = await first.start();
    expect((await (await startApp({ secret })).call('GET', { session })).status).toBe(200);
    expect((await (await startApp()).call('GET', { session })).status).toBe(404);
  });

  it('that is gone is told so, and cannot be started again', async () => {
    const app = await startApp();
    const { session } = await app.start();
    await app.call('DELETE', { session });
    await client.deleteStream(ingest.listStreams()[0]?.id ?? '');
    expect((await app.call('GET', { session })).body.status).toBe('deleted');
    expect((await app.call('DELETE', { session })).body.status).toBe('deleted');
    const renewed = await app.call('PUT', { session });
    expect(renewed).toMatchObject({ status: 404, body: { error: 'unknown-session' } });
  });
});

describe('a session id', () => {
  const methods = ['GET', 'PUT', 'DELETE'];

  it.each([
    [{}, 86_400],
    [{ sessionSeconds: 60 }, 60],
  ])('ends with %j after %i seconds', async (options, seconds) => {
    const app = await startApp(options);
    const { session } = await app.start();
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      const endsAt = Date.now() + seconds * 1000;
      vi.setSystemTime(endsAt - 2000);
      expect((await app.call('GET', { session })).status).toBe(200);
      const renewed = (await app.call('PUT', { session })).body;
      vi.setSystemTime(endsAt + 1000);
      for (const method of methods) {
        const { status, body } = await app.call(method, { session });
        expect([method, status, body.error]).toEqual([method, 404, 'unknown-session']);
      }
      expect(ingest.listStreams()[0]?.status).toBe('waiting');
      expect((await app.call('GET', { session: renewed.session })).status).toBe(200);
    } finally {
      vi.useRealTimers();
    }
  });

  it('cannot be made to last longer by whoever holds it', async () => {
    const app = await startApp({ sessionSeconds: 60 });
    const [payload = '', code = ''] = (await app.start()).session.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    for (const endsAt of [Date.now() + 1e12, 1e308, null, 'never']) {
      const longer = JSON.stringify([claims[0], claims[1], endsAt, claims[3]]);
      const session = `${Buffer.from(longer).toString('base64url')}.${code}`;
      expect((await app.call('GET', { session })).status).toBe(404);
    }
  });

  it('ends when the app gives its stream to somebody else', async () => {
    const [first, second] = [await client.createStream(), await client.createStream()];
    const owners: Record<string, string | null> = { ann: first.id };
    const streamFor = (caller: string) => owners[caller] ?? null;
    const app = await startApp({ streamFor, startLimit: { starts: 100, perSeconds: 60 } });
    const { session } = await app.start();
    for (const method of methods) expect((await app.call(method, { session })).status).toBe(200);
    await app.call('PUT', { session });
    for (const [owner, now] of [
      ['ben', second.id],
      ['nobody', null],
      ['', undefined],
    ] as const) {
      owners['ann'] = now ?? null;
      if (owner !== '') owners[owner] = first.id;
      for (const method of methods) {
        const { status, body } = await app.call(method, { session });
        expect([method, status, body.error]).toEqual([method, 404, 'unknown-session']);
      }
    }
    const taken = await app.start('ben');
    expect(ingest.getStream(first.id)?.status).toBe('waiting');
    owners['ann'] = first.id;
    expect((await app.call('GET', { session })).status).toBe(200);
    expect((await app.call('GET', { session: taken.session, user: 'ann' })).status).toBe(404);
  });

  it('of a stream that was created lasts until the app names another for its caller', async () => {
    const own: { id: string | null } = { id: null };
    const app = await startApp({ streamFor: () => own.id });
    const { session } = await app.start();
    const [created] = ingest.listStreams();
    own.id = created?.id ?? '';
    expect((await app.call('GET', { session })).status).toBe(200);
    own.id = (await client.createStream()).id;
    for (const method of methods) expect((await app.call(method, { session })).status).toBe(404);
    expect(ingest.getStream(created?.id ?? '')?.status).toBe('waiting');
  });

  it('is of no use while the app cannot say whose its stream is', async () => {
    let isDown = false;
    const { id } = await client.createStream({ inputFormat: 'webrtc' });
    const streamFor = () => (isDown ? Promise.reject(new Error('db.internal is down')) : id);
    const app = await startApp({ streamFor });
    const { session } = await app.start();
    isDown = true;
    for (const method of methods) expect((await app.call(method, { session })).status).toBe(502);
    expect(said).not.toContain('db.internal');
    expect(ingest.getStream(id)?.status).toBe('waiting');
  });
});

describe('a handler without a key yet', () => {
  it('is made all the same, says so at each request, and works once there is one', async () => {
    const env: Record<string, string> = {};
    const late = createLiveClient({ apiKey: () => env['KEY'], baseUrl: ingest.url });
    const app = await startApp({ client: late });
    for (const [method, session] of [
      ['POST', undefined],
      ['GET', 'aaaa.aaaa'],
    ] as const) {
      const { status, body } = await app.call(method, session === undefined ? {} : { session });
      expect([status, body.error]).toEqual([502, 'upstream']);
      expect(body.message).toContain('API key');
    }
    expect(app.errors.map(String).join()).toContain('apiKey is missing');
    env['KEY'] = apiKey;
    const { session } = await app.start();
    expect((await app.call('GET', { session })).status).toBe(200);
  });
});

describe('requests that are refused', () => {
  it('are those of nobody', async () => {
    const app = await startApp();
    for (const method of ['GET', 'POST', 'PUT', 'DELETE']) {
      expect(await app.call(method, { user: null })).toMatchObject({
        status: 401,
        body: { error: 'not-authorized', message: expect.any(String) },
      });
    }
    expect(ingest.listStreams()).toEqual([]);
  });

  it.each([
    ['undefined', () => undefined],
    ['no caller', () => ({})],
    ['an empty caller', () => ({ caller: '' })],
    ['a caller that is no text', () => ({ caller: 7 })],
    ['true', () => true],
  ])('are those for which authorize gives %s', async (_what, wrong) => {
    const options = { client, authorize: wrong };
    const handler: SessionHandler = Reflect.apply(createSessionHandler, null, [options]);
    const response = await handler(new Request('http://app.example/', { method: 'POST' }));
    expect(response.status).toBe(401);
    expect(ingest.listStreams()).toEqual([]);
  });

  it('are all of them while authorize fails, without its words', async () => {
    const failure = new Error('The database at db.internal is down.');
    const app = await startApp({ authorize: () => Promise.reject(failure) });
    expect(await app.call('POST')).toMatchObject({ status: 502, body: { error: 'upstream' } });
    expect(said).not.toContain('db.internal');
    expect(app.errors).toEqual([failure]);
  });

  it.each([
    [{ origin: 'https://evil.example' }],
    [{ origin: 'null' }],
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site' }],
  ])('are those of foreign pages: %j', async (headers) => {
    const { handler } = await startApp();
    for (const method of ['GET', 'POST', 'OPTIONS']) {
      const sent = { method, headers: { 'x-user': 'ann', ...headers } };
      const response = await handler(new Request('https://app.example/api', sent));
      expect(response.status).toBe(403);
      expect(await response.json()).toMatchObject({ error: 'foreign-origin' });
      expect(response.headers.get('access-control-allow-origin')).toBeNull();
    }
    expect(ingest.listStreams()).toEqual([]);
  });

  it('are not those of its own pages, nor of pages allowed by name', async () => {
    const app = await startApp({
      origin: 'https://app.example',
      allowedOrigins: ['https://studio.example'],
    });
    const own = await app.call('POST', { headers: { origin: 'https://app.example' } });
    expect(own.status).toBe(201);
    expect(own.headers.get('access-control-allow-origin')).toBeNull();
    const hidden = await app.call('POST', { headers: { origin: new URL(app.url).origin } });
    expect(hidden.status).toBe(403);
    const foreign = { origin: 'https://studio.example', 'sec-fetch-site': 'cross-site' };
    const allowed = await app.call('POST', { headers: foreign });
    expect(allowed.status).toBe(201);
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://studio.example');
    expect(allowed.headers.get('vary')).toBe('origin');
    const preflight = await app.call('OPTIONS', { user: null, headers: foreign });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-methods')).toContain('DELETE');
    const refused = await app.call('POST', { user: null, headers: foreign });
    expect(refused.headers.get('access-control-allow-origin')).toBe('https://studio.example');
  });

  it.each([
    '{',
    '[]',
    '"text"',
    'null',
    '{"name":7}',
    '{"name":""}',
    `{"name":"${'x'.repeat(201)}"}`,
  ])('are those with the body %s', async (body) => {
    const app = await startApp();
    expect(await app.call('POST', { body })).toMatchObject({
      status: 400,
      body: { error: 'malformed' },
    });
    expect(ingest.listStreams()).toEqual([]);
  });

  it('are those whose body a foreign form could send', async () => {
    const app = await startApp();
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp']) {
      const headers = { 'content-type': type };
      const { status, body } = await app.call('POST', { body: '{}', headers });
      expect([status, body.error]).toEqual([400, 'malformed']);
    }
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    expect((await app.call('POST', { body: '{}', headers })).status).toBe(201);
  });

  it('are those with too much in them, also when they do not say how much', async () => {
    const app = await startApp();
    const body = JSON.stringify({ name: 'x', more: 'y'.repeat(17 * 1024) });
    expect(await app.call('POST', { body })).toMatchObject({
      status: 413,
      body: { error: 'too-large' },
    });
    const status = await new Promise((resolve, reject) => {
      const headers = { 'x-user': 'ann', 'content-type': 'application/json' };
      const request = nodeRequest(app.url, { method: 'POST', headers }, (response) => {
        resolve(response.statusCode);
        request.destroy();
      });
      request.on('error', reject);
      expect(request.getHeader('content-length')).toBeUndefined();
      // Never ended: the answer has to come while the body still does.
      request.write(body);
    });
    expect(status).toBe(413);
    expect(ingest.listStreams()).toEqual([]);
  });

  it('are those whose body stalls, after ten seconds', async () => {
    const { handler } = await startApp();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      let given = 0;
      let wasCancelled = false;
      const body = new ReadableStream<Uint8Array>({
        async pull(controller) {
          given += 1;
          if (given === 1) controller.enqueue(new TextEncoder().encode('{"name":'));
          else await new Promise(() => {});
        },
        cancel: () => {
          wasCancelled = true;
        },
      });
      const headers = { 'x-user': 'ann', 'content-type': 'application/json' };
      const init = { method: 'POST', headers, body, duplex: 'half' };
      const answer = handler(new Request('http://app.example/', init));
      await vi.advanceTimersByTimeAsync(9_999);
      let answered = false;
      answer.then(() => {
        answered = true;
      });
      await vi.advanceTimersByTimeAsync(0);
      expect(answered).toBe(false);
      await vi.advanceTimersByTimeAsync(1);
      const response = await answer;
      expect(response.status).toBe(408);
      expect(await response.json()).toMatchObject({ error: 'too-slow' });
      expect(wasCancelled).toBe(true);
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
    expect(ingest.listStreams()).toEqual([]);
  });

  it('are those with a method it does not have', async () => {
    const app = await startApp();
    const { status, body, headers } = await app.call('PATCH');
    expect([status, body.error]).toEqual([405, 'method-not-allowed']);
    expect(headers.get('allow')).toBe('GET, POST, PUT, DELETE');
  });

  it("are those with another caller's session, or one that was made up", async () => {
    const app = await startApp();
    const { session } = await app.start('ann');
    const [payload = '', code = ''] = session.split('.');
    const [streamId] = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const forged = Buffer.from(JSON.stringify([streamId, 1])).toString('base64url');
    const made = [
      '',
      '.',
      'x',
      payload,
      `${payload}.`,
      `${forged}.${code}`,
      `.${code}`,
      `${session}.`,
    ];
    const attempts = [
      { session, user: 'ben' },
      ...made.map((other) => ({ session: other, user: 'ann' })),
      { session: `${payload}.${'A'.repeat(5000)}`, user: 'ann' },
      { session: `${payload}.%00💥`, user: 'ann' },
    ];
    for (const attempt of attempts) {
      for (const method of ['GET', 'PUT', 'DELETE']) {
        const { status, body } = await app.call(method, attempt);
        expect([attempt.session, status, body.error]).toEqual([
          attempt.session,
          404,
          'unknown-session',
        ]);
      }
    }
    expect(ingest.listStreams()[0]?.status).toBe('waiting');
  });

  it('are starts and renewals beyond the limit of a caller', async () => {
    const app = await startApp({ startLimit: { starts: 2, perSeconds: 3600 } });
    const { session } = await app.start();
    await app.call('DELETE', { session });
    expect((await app.call('PUT', { session })).status).toBe(200);
    for (const method of ['POST', 'PUT']) {
      const { status, body, headers } = await app.call(method, { session });
      expect([status, body.error]).toEqual([429, 'too-many-starts']);
      const wait = Number(headers.get('retry-after'));
      expect(wait).toBeGreaterThan(3500);
      expect(wait).toBeLessThanOrEqual(3600);
    }
    expect((await app.call('DELETE', { session })).status).toBe(200);
    expect((await app.call('POST', { user: 'ben' })).status).toBe(201);
  });

  it('have their starts counted per window', async () => {
    const handler = createSessionHandler({
      client,
      authorize,
      startLimit: { starts: 1, perSeconds: 60 },
    });
    const start = () => {
      const sent = { method: 'POST', headers: { 'x-user': 'ann' } };
      return handler(new Request('http://app.example/', sent));
    };
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      expect((await start()).status).toBe(201);
      vi.setSystemTime(Date.now() + 59_000);
      const refused = await start();
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
      vi.setSystemTime(Date.now() + 1_000);
      expect((await start()).status).toBe(201);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('when the Live API fails', () => {
  const broken = async (reply: Parameters<typeof startTestServer>[0], timeoutMs = 5_000) => {
    const api = await startTestServer((request, count) =>
      request.path.includes('access_token')
        ? { body: { access_token: 'token-0dd' } }
        : reply(request, count),
    );
    return { api, client: createLiveClient({ apiKey, baseUrl: api.url, timeoutMs }) };
  };

  it('the page learns that, and no more', async () => {
    const said500 = { status: 500, body: { message: 'Stack trace of api-internal-7' } };
    const { api, client: failing } = await broken(() => said500);
    const app = await startApp({ client: failing });
    expect(await app.call('POST')).toMatchObject({ status: 502, body: { error: 'upstream' } });
    expect(said).not.toContain('api-internal-7');
    expect(app.errors).toMatchObject([{ code: 'server', words: 'Stack trace of [redacted]' }]);
    await api.close();
    expect(await app.call('POST')).toMatchObject({ status: 502, body: { error: 'upstream' } });
  });

  it('by asking to wait, the page learns for how long', async () => {
    const busy = { status: 429, headers: { 'retry-after': '42' }, body: { message: 'Slow down' } };
    const { api, client: limited } = await broken(() => busy);
    const app = await startApp({ client: limited, streamFor: () => 's1' });
    const { status, body, headers } = await app.call('POST');
    expect([status, body.error, headers.get('retry-after')]).toEqual([502, 'upstream', '42']);
    expect(body.message).toContain('42 s');
    await api.close();
  });

  it('the error says nothing that it said of the stream', async () => {
    const { api, client: other } = await broken(() => ({
      body: { id: 's1', status: 'waiting', input_format: 'stream-key-77', server_urls: {} },
    }));
    const app = await startApp({ client: other, streamFor: () => 's1' });
    expect((await app.call('POST')).status).toBe(502);
    const [error] = app.errors;
    expect(`${String(error)} ${error instanceof Error && error.stack}`).not.toContain('stream-key');
    await api.close();
  });

  it('stops at the same time ask it once', async () => {
    const waiting: ((reply: Reply) => void)[] = [];
    const { api, client: slow } = await broken(({ path }) =>
      path.endsWith('/stop')
        ? new Promise<Reply>((resolve) => waiting.push(resolve))
        : { body: { id: 's1', status: 'waiting', server_urls: { webrtc: 'wss://h/a/k' } } },
    );
    const app = await startApp({ client: slow, streamFor: () => 's1' });
    const { session } = await app.start();
    const stops = [1, 2, 3, 4].map(() => app.call('DELETE', { session }));
    await vi.waitFor(() => expect(waiting).toHaveLength(1));
    await app.call('GET', { session });
    waiting[0]?.({ body: { id: 's1', status: 'stopped' } });
    const answers = await Promise.all(stops);
    expect(answers.map(({ body }) => body.status)).toEqual(Array(4).fill('stopped'));
    expect(api.calls().filter((call) => call.endsWith('/stop'))).toHaveLength(1);
    const again = app.call('DELETE', { session });
    await vi.waitFor(() => expect(waiting).toHaveLength(2));
    waiting[1]?.({ body: { id: 's1', status: 'stopped' } });
    expect((await again).status).toBe(200);
    await api.close();
  });

  it('by not answering, the page learns that too', async () => {
    const { api, client: slow } = await broken(() => ({ does: 'hang' }), 50);
    const app = await startApp({ client: slow });
    expect(await app.call('POST')).toMatchObject({
      status: 504,
      body: { error: 'upstream-timeout' },
    });
    await api.close();
  });

  it('to start what was just created, the stream is not left behind', async () => {
    const { api, client: failing } = await broken(({ path }) =>
      path.endsWith('/start') ? { status: 503 } : { body: { id: 's1', status: 'created' } },
    );
    const app = await startApp({ client: failing });
    expect((await app.call('POST')).status).toBe(502);
    await vi.waitFor(() => expect(api.calls()).toContain('DELETE /v1/live-streams/s1'));
    await api.close();
  });

  it('to give an address for WebRTC, the operator learns why', async () => {
    const { api, client: other } = await broken(() => ({
      body: {
        id: 's1',
        status: 'waiting',
        input_format: 'rtmp',
        server_urls: { rtmp: 'rtmp://h' },
      },
    }));
    const app = await startApp({ client: other, streamFor: () => 's1' });
    expect((await app.call('POST')).status).toBe(502);
    expect(String(app.errors[0])).toContain('input_format "webrtc"');
    await api.close();
  });
});
