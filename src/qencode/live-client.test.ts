import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Ingest, startIngest } from '../../ingest/index.js';
import { LiveApiError } from './live-api-error.js';
import { createLiveClient, type LiveClient, type LiveClientOptions } from './live-client.js';
import { type Received, type Reply, startTestServer, type TestServer } from './test-server.js';

const apiKey = 'api-key-5ec3e7';
const token = 'token-0dd';
const streamKey = 'stream-key-77';
const raw = {
  id: 's1',
  status: 'waiting',
  stream_key: streamKey,
  playback_id: 'p1',
  server_urls: { webrtc: `wss://live-1.example:3334/qlive/${streamKey}` },
};

let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** A client of a server that gives tokens, unless `route` does, and answers the rest by `route`. */
async function clientOf(
  route: (request: Received, count: number) => Reply | undefined,
  options: Partial<LiveClientOptions> = {},
): Promise<{ readonly client: LiveClient; readonly server: TestServer }> {
  const opened = await startTestServer((request, count) => {
    const reply = route(request, count);
    if (reply !== undefined) return reply;
    if (request.path.startsWith('/v1/access_token/')) return { body: { access_token: token } };
    return { status: 404, body: { error: 404 } };
  });
  server = opened;
  return { client: createLiveClient({ apiKey, baseUrl: opened.url, ...options }), server: opened };
}

/** Answers everything but tokens with this. */
const always =
  (reply: Reply) =>
  ({ path }: Received) =>
    path.startsWith('/v1/access_token/') ? undefined : reply;

function fail(words: string): never {
  throw new Error(words);
}

async function errorOf(promise: Promise<unknown>): Promise<LiveApiError> {
  const thrown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(thrown instanceof LiveApiError)) throw new Error(`Got ${String(thrown)}.`);
  const told = `${thrown.stack} ${JSON.stringify(thrown)} ${String(thrown.cause)}`;
  for (const secret of [apiKey, encodeURIComponent(apiKey), token, streamKey]) {
    expect(told).not.toContain(secret);
  }
  return thrown;
}

describe('against the local ingest', () => {
  let ingest: Ingest;
  let client: LiveClient;
  beforeEach(async () => {
    ingest = await startIngest();
    client = createLiveClient({ apiKey, baseUrl: ingest.url });
  });
  afterEach(() => ingest.close());

  it('leads a stream through its life', async () => {
    const created = await client.createStream({ name: 'First light', inputFormat: 'webrtc' });
    expect(created).toMatchObject({ name: 'First light', status: 'created', serverUrls: {} });
    expect(await client.listStreams()).toEqual([created]);
    expect(await client.getStream(created.id)).toEqual(created);

    const { stream: started, alreadyDone } = await client.startStream(created.id);
    expect(alreadyDone).toBe(false);
    expect(started).toMatchObject({ id: created.id, status: 'waiting' });
    expect(started.serverUrls.webrtc).toContain(String(created.streamKey));
    expect(await client.startStream(created.id)).toEqual({ stream: started, alreadyDone: true });

    const stopped = await client.stopStream(created.id);
    expect(stopped).toMatchObject({ stream: { status: 'stopped' }, alreadyDone: false });
    expect(await client.stopStream(created.id)).toEqual({ ...stopped, alreadyDone: true });

    await client.deleteStream(created.id);
    expect(await errorOf(client.getStream(created.id))).toMatchObject({
      code: 'not-found',
      status: 404,
    });
  });

  it('changes settings and adds ways to watch', async () => {
    const { id, playbackId } = await client.createStream({ inputFormat: 'webrtc' });
    const callbackUrl = 'https://app.example/hook';
    const changed = await client.updateStream(id, { name: 'Renamed', callbackUrl });
    expect(changed).toMatchObject({ id, name: 'Renamed', callbackUrl });
    expect(await client.updateStream(id, { callbackUrl: '' })).toMatchObject({
      name: 'Renamed',
      callbackUrl: null,
    });
    const added = await client.createPlaybackId(id, 'authenticated');
    expect(added.policy).toBe('authenticated');
    const stream = await client.getStream(id);
    expect(stream.playbackIds.map((item) => item.id)).toEqual([playbackId, added.id]);
    expect(client.playbackUrlOf(stream)).toContain(String(playbackId));
  });

  it('tells a setting that the API does not take', async () => {
    const error = await errorOf(client.createStream({ streamTimeoutSeconds: -1 }));
    expect(error).toMatchObject({ code: 'refused', status: 400 });
    expect(error.message).toContain(String(error.words));
  });
});

describe('the requests', () => {
  it('is the key in the path once, then the token, and settings in the spelling of the API', async () => {
    const { client, server } = await clientOf(always({ body: raw }), {
      apiKey: 'key/with odd?signs',
    });
    await client.createStream({
      name: 'n',
      inputFormat: 'webrtc',
      outputFormat: 'hls',
      streamTimeoutSeconds: 60,
      playbackDomain: 'tv.example',
      callbackUrl: 'https://app.example/hook',
      dvr: { enabled: 1 },
      extra: { brand_new: true, name: 'loses' },
    });
    await client.updateStream('a/b', { name: undefined });
    const [first, create, update] = server.received;
    expect(server.calls()).toEqual([
      'POST /v1/access_token/key%2Fwith%20odd%3Fsigns',
      'POST /v1/live-streams',
      'PUT /v1/live-streams/a%2Fb',
    ]);
    expect(first?.headers.authorization).toBeUndefined();
    expect(create?.headers).toMatchObject({
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
    });
    expect(JSON.parse(create?.body ?? '')).toEqual({
      brand_new: true,
      name: 'n',
      input_format: 'webrtc',
      output_format: 'hls',
      stream_timeout: 60,
      playback_domain: 'tv.example',
      callback_url: 'https://app.example/hook',
      dvr: { enabled: 1 },
    });
    expect(update?.body).toBe('{}');
  });

  it('is nothing for an id that would lead elsewhere', async () => {
    const { client, server } = await clientOf(always({ body: raw }));
    for (const id of ['', '.', '..']) {
      await expect(client.deleteStream(id)).rejects.toBeInstanceOf(TypeError);
    }
    expect(server.calls()).toEqual([]);
  });

  it('goes nowhere that a redirect points to', async () => {
    const { client, server } = await clientOf(() => ({
      status: 307,
      headers: { location: '/elsewhere' },
    }));
    expect(await errorOf(client.listStreams())).toMatchObject({ code: 'malformed', status: 307 });
    expect(server.calls()).toHaveLength(1);
  });
});

describe('options', () => {
  it.each([
    [{ timeoutMs: 0 }, 'timeoutMs'],
    [{ baseUrl: 'api-live.qencode.com' }, 'baseUrl'],
    [{ baseUrl: 'http://api-live.qencode.com' }, 'https://'],
    [{ baseUrl: 'https://api.example/?key=1' }, 'baseUrl'],
    [{ baseUrl: 'ftp://localhost' }, 'https://'],
  ])('%j are refused', (options, named) => {
    expect(() => createLiveClient({ apiKey, ...options })).toThrow(TypeError);
    expect(() => createLiveClient({ apiKey, ...options })).toThrow(named);
  });

  it.each([
    ['an environment that was not set', () => process.env['A_NAME_NOBODY_SETS'], 'is missing'],
    ['an empty text', () => '', 'is missing'],
    ['spaces', () => '  ', 'is missing'],
    ['a number', () => 7, 'is missing'],
    ['a function that gives none', () => async () => undefined, 'is missing'],
    ['a function that throws', () => () => fail('the vault of key-7 is shut'), 'failed'],
    ['a function that rejects', () => async () => fail('the vault of key-7 is shut'), 'failed'],
  ])('may hold no key yet, as %s, and the first call says so', async (_what, wrong, why) => {
    const client: LiveClient = Reflect.apply(createLiveClient, null, [{ apiKey: wrong() }]);
    const calls = [
      () => client.listStreams(),
      () => client.startStream('s1'),
      () => client.signingKey('sessions'),
    ];
    for (const call of calls) {
      const error = await errorOf(call());
      expect(error).toMatchObject({ code: 'unauthorized', status: undefined, words: null });
      expect(error.message).toContain(why);
      expect(error.message).toContain('Set apiKey');
      expect(`${error.stack} ${String(error.cause)}`).not.toContain('key-7');
    }
  });

  it('may give the key by a function, asked when a request needs it', async () => {
    let key = 'first/key';
    let asked = 0;
    const { client, server } = await clientOf(
      ({ path }) => (path.startsWith('/v1/access_token/') ? undefined : { status: 401 }),
      {
        apiKey: async () => {
          asked += 1;
          return key;
        },
      },
    );
    expect(asked).toBe(0);
    await errorOf(client.listStreams());
    key = 'second key';
    await errorOf(client.listStreams());
    const tokens = server.calls().filter((call) => call.includes('access_token'));
    expect(tokens.at(0)).toBe('POST /v1/access_token/first%2Fkey');
    expect(tokens.at(-1)).toBe('POST /v1/access_token/second%20key');
  });

  it('take plain http only where nobody is in between', () => {
    for (const baseUrl of [
      'http://localhost:1',
      'http://127.0.0.1',
      'http://[::1]:2',
      'http://ingest:3334',
    ]) {
      expect(() => createLiveClient({ apiKey, baseUrl })).not.toThrow();
    }
  });

  it('may say where viewers find a stream that does not say so itself', async () => {
    const own = { ...raw, id: 's2', playback_urls: ['https://cdn.example/own.m3u8'] };
    const { client } = await clientOf(always({ body: [raw, own] }), {
      playbackUrl: (id, { id: stream }) => `https://tv.example/${stream}/${id}`,
    });
    const urls = (await client.listStreams()).map(client.playbackUrlOf);
    expect(urls).toEqual(['https://tv.example/s1/p1', 'https://cdn.example/own.m3u8']);
  });
});

describe('the access token', () => {
  it('is requested once by calls at the same time and after', async () => {
    const { client, server } = await clientOf(always({ body: [] }));
    await Promise.all([client.listStreams(), client.listStreams(), client.listStreams()]);
    await client.listStreams();
    const tokens = server.calls().filter((call) => call.includes('access_token'));
    expect(tokens).toHaveLength(1);
  });

  it('is renewed once when it is refused', async () => {
    let tokens = 0;
    const { client, server } = await clientOf(({ path, headers }) => {
      if (path.includes('access_token')) {
        tokens += 1;
        return { body: { data: { access_token: `token-${tokens}` } } };
      }
      return headers.authorization === 'Bearer token-2' ? { body: [] } : { status: 401 };
    });
    expect(await client.listStreams()).toEqual([]);
    expect(tokens).toBe(2);
    expect(server.calls()).toHaveLength(4);
  });

  it('is not renewed for ever', async () => {
    const { client, server } = await clientOf(always({ status: 401, body: { error: 'expired' } }));
    const error = await errorOf(client.listStreams());
    expect(error).toMatchObject({ code: 'unauthorized', status: 401, words: 'expired' });
    expect(server.calls().map((call) => call.split(' ')[0])).toEqual([
      'POST',
      'GET',
      'POST',
      'GET',
    ]);
  });

  it('is not to be had with a wrong key', async () => {
    const { client, server } = await clientOf(() => ({
      status: 401,
      body: { message: `No project has the key ${apiKey}` },
    }));
    expect(await errorOf(client.listStreams())).toMatchObject({
      code: 'unauthorized',
      words: 'No project has the key [redacted]',
    });
    expect(server.calls()).toHaveLength(1);
  });

  it.each([[{}], [{ access_token: '' }], [{ access_token: 7 }], [{ access_token: 'a\nb' }]])(
    'is missing in %j',
    async (body) => {
      const { client } = await clientOf(() => ({ body }));
      expect(await errorOf(client.listStreams())).toMatchObject({ code: 'malformed' });
    },
  );
});

describe('starting and stopping', () => {
  /** Answers the change with `reply`, and questions about the stream with `state`. */
  const changing = (reply: Reply, state: Reply) =>
    clientOf(({ method, path }) => {
      if (path.includes('access_token')) return undefined;
      return method === 'POST' ? reply : state;
    });

  it('takes 406 for done, and says what the stream is like', async () => {
    const { client } = await changing({ status: 406 }, { body: { data: raw } });
    expect(await client.startStream('s1')).toMatchObject({
      alreadyDone: true,
      stream: { id: 's1' },
    });
    expect(await client.stopStream('s1')).toMatchObject({
      alreadyDone: true,
      stream: { id: 's1' },
    });
  });

  it('does not take 406 to a start for done if the stream does not run', async () => {
    const { client } = await changing({ status: 406 }, { body: { ...raw, status: 'stopped' } });
    expect(await errorOf(client.startStream('s1'))).toMatchObject({
      code: 'conflict',
      status: 406,
    });
  });

  it('asks for the state when a start times out at the gateway', async () => {
    const gateway = { status: 504, body: '<html>Gateway time-out</html>' };
    const { client } = await changing(gateway, { body: raw });
    expect(await client.startStream('s1')).toMatchObject({
      alreadyDone: false,
      stream: { status: 'waiting', serverUrls: raw.server_urls },
    });
  });

  it.each([
    { ...raw, status: 'stopped' },
    { ...raw, server_urls: {} },
  ])('says that a start timed out if the stream then is %j', async (state) => {
    const { client, server } = await changing({ status: 504 }, { body: state });
    expect(await errorOf(client.startStream('s1'))).toMatchObject({ code: 'timeout', status: 504 });
    expect(server.calls().filter((call) => call.endsWith('/start'))).toHaveLength(1);
  });

  it.each([[''], ['{}'], [{ result: 'ok' }], [{ ...raw, server_urls: {} }]])(
    'reads the stream when the answer is %j',
    async (body) => {
      const { client } = await changing({ body }, { body: raw });
      expect((await client.startStream('s1')).stream.serverUrls).toEqual(raw.server_urls);
    },
  );
});

describe('odd answers', () => {
  it.each([
    ['a page', { body: '<!doctype html><h1>It works</h1>' }],
    ['JSON that breaks off', { body: '{"id": "s1", "sta' }],
    ['nothing', { body: '' }],
    ['something else', { body: { hello: 'world' } }],
  ])('of %s are no stream', async (_what, reply) => {
    const { client } = await clientOf(always({ ...reply, status: 200 }));
    expect(await errorOf(client.getStream('s1'))).toMatchObject({ code: 'malformed', words: null });
  });

  it.each([
    [400, 'refused'],
    [402, 'refused'],
    [403, 'refused'],
    [409, 'conflict'],
    [410, 'not-found'],
    [422, 'refused'],
    [429, 'rate-limited'],
    [500, 'server'],
    [503, 'server'],
    [504, 'timeout'],
  ])('with HTTP %i are told as %s', async (status, code) => {
    const { client } = await clientOf(always({ status, body: '<html>Error</html>' }));
    const error = await errorOf(client.getStream('s1'));
    expect(error).toMatchObject({ code, status, words: null });
    expect(error.message).toContain(`HTTP ${status}`);
  });

  it('that refuse with success are told as such', async () => {
    const { client } = await clientOf(always({ body: { error: 5, message: 'No such project.' } }));
    expect(await errorOf(client.createStream())).toMatchObject({
      code: 'refused',
      words: 'No such project.',
    });
  });

  it('that break off are told as a connection that failed', async () => {
    const { client } = await clientOf(always({ body: '{"id":', does: 'cut' }));
    expect(await errorOf(client.getStream('s1'))).toMatchObject({
      code: 'unreachable',
      status: undefined,
    });
  });

  it('never put a secret into our words', async () => {
    const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOjF9.c2lnbmF0dXJl';
    let reply: Reply = { body: raw };
    const { client } = await clientOf((request) => always(reply)(request));
    await client.getStream('s1');
    const said = `Key ${apiKey}, ${token} and ${jwt}: ${streamKey}\u0000\nis at wss://h:3334/qlive/${streamKey}?a=b ${'x'.repeat(900)}`;
    reply = { status: 403, body: { error: { message: said } } };
    const { words } = await errorOf(client.getStream('s1'));
    expect(words).toMatch(
      /^Key \[redacted\], \[redacted\] and \[redacted\]: \[redacted\] is at \[redacted\] x+…$/,
    );
    expect(words).toHaveLength(300);
  });

  const unseen = 'Kx/9+äb=_secret-77';
  const hex = Buffer.from(unseen).toString('hex');
  const spellings: readonly string[] = [
    unseen,
    encodeURIComponent(unseen),
    encodeURIComponent(unseen).toLowerCase(),
    encodeURIComponent(encodeURIComponent(unseen)),
    Buffer.from(unseen).toString('base64'),
    Buffer.from(unseen).toString('base64url'),
    hex,
    hex.toUpperCase(),
    JSON.stringify(unseen).slice(1, -1),
    unseen.replaceAll('/', '\\/'),
    [...unseen]
      .map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
    [...unseen].map((letter) => `&#${letter.charCodeAt(0)};`).join(''),
    unseen.toUpperCase(),
    'onlyletters',
    '918273645',
  ];
  it.each(spellings)('never repeat a key that was never seen before, spelled %s', async (key) => {
    const bodies: readonly unknown[] = [
      key,
      { message: key },
      { error: `The stream key ${key} is in use` },
      { detail: `Stream "${key}": not found (${key})` },
      { error: { message: `key=${key}; stream_key:${key}, rtmp://h/app/${key}` } },
      [key],
      { [key]: key },
    ];
    for (const body of bodies) {
      for (const status of [200, 400, 401, 403, 404, 406, 409, 422, 429, 500, 503]) {
        const { client } = await clientOf(() => ({ status, body }));
        const error = await errorOf(client.createStream());
        const told = `${error.stack} ${JSON.stringify(error)} ${error.words} ${error.message}`;
        expect(told.toLowerCase()).not.toContain(key.toLowerCase());
        await server?.close();
      }
    }
  });

  it('say what they said in ordinary words all the same', async () => {
    const said =
      'Stream "zz-9" was not found: create it first (input_format is required, 3 of 7200).';
    const { client } = await clientOf(always({ status: 422, body: { message: said } }));
    const { words, message } = await errorOf(client.getStream('s1'));
    expect(words).toBe(said.replace('zz-9', '[redacted]'));
    expect(message).toContain(`It said: "${words}"`);
  });

  it.each([
    ['messages in messages', `${'{"message":'.repeat(20_000)}"deep"${'}'.repeat(20_000)}`],
    ['errors in errors', `${'{"error":'.repeat(20_000)}1${'}'.repeat(20_000)}`],
    ['lists in lists', `${'['.repeat(50_000)}${']'.repeat(50_000)}`],
    ['data in data', `${'{"data":'.repeat(20_000)}{"id":"s1"}${'}'.repeat(20_000)}`],
  ])('that go deep are told as any other: %s', async (_what, body) => {
    for (const [status, code] of [
      [400, 'refused'],
      [200, 'malformed'],
    ] as const) {
      const { client } = await clientOf(always({ status, body }));
      expect(await errorOf(client.getStream('s1'))).toMatchObject({ code, words: null });
      await server?.close();
    }
  });

  it('with half a letter in them are taken as they are', async () => {
    const half = '{"id":"s\\ud800","status":"l\\udc00","stream_key":"k\\ud83d"}';
    const { client, server } = await clientOf(always({ body: half }));
    const stream = await client.getStream('a\ud800b');
    expect(stream).toMatchObject({ id: 's\ud800', streamKey: 'k\ud83d' });
    await client.stopStream(stream.id);
    expect(server.calls()).toContain('POST /v1/live-streams/s%EF%BF%BD/stop');
    await server.close();
    const refusing = await clientOf(() => ({ status: 400, body: half }), { apiKey: 'k\udfff' });
    expect(await errorOf(refusing.client.getStream('s1'))).toMatchObject({ code: 'refused' });
    expect(refusing.server.calls()).toEqual(['POST /v1/access_token/k%EF%BF%BD']);
  });

  it.each([
    [{ 'retry-after': '17' }, 17],
    [{ 'retry-after': '0' }, 1],
    [{ 'retry-after': '999999999999' }, 3600],
    [{ 'retry-after': 'Wed, 21 Oct 2015 07:28:30 GMT', date: 'Wed, 21 Oct 2015 07:28:00 GMT' }, 30],
    [{ 'retry-after': 'Wed, 21 Oct 2015 07:28:30 GMT' }, 1],
    [{ 'retry-after': 'soon' }, null],
    [{ 'retry-after': '-5' }, null],
    [{}, null],
  ])('keep how long to wait: %j', async (headers, waitSeconds) => {
    for (const [status, code] of [
      [429, 'rate-limited'],
      [503, 'server'],
    ] as const) {
      const { client } = await clientOf(always({ status, headers }));
      const error = await errorOf(client.getStream('s1'));
      expect(error).toMatchObject({ code, retryAfterSeconds: waitSeconds });
      if (waitSeconds !== null) expect(error.message).toContain(`wait ${waitSeconds} s`);
      await server?.close();
    }
  });
});

describe('settings', () => {
  const deep: Record<string, unknown> = {};
  let inner = deep;
  for (let depth = 0; depth < 50_000; depth += 1) {
    const next = {};
    inner['in'] = next;
    inner = next;
  }
  const circular: Record<string, unknown> = {};
  circular['self'] = circular;
  it.each([
    ['refer to themselves', circular],
    ['go too deep', deep],
    ['hold a bigint', { big: 7n }],
  ])('that %s are refused before anything is sent', async (_what, extra) => {
    const { client, server } = await clientOf(always({ body: raw }));
    const error = await errorOf(client.createStream({ extra }));
    expect(error).toMatchObject({ code: 'refused', status: undefined });
    expect(error.message).toContain('JSON');
    expect(server.calls().filter((call) => call.includes('live-streams'))).toEqual([]);
  });
});

describe('a server that does not answer', () => {
  it('is told apart from one that cannot be reached', async () => {
    const { client } = await clientOf(() => ({ does: 'hang' }), { timeoutMs: 50 });
    expect(await errorOf(client.listStreams())).toMatchObject({ code: 'timeout' });
    await server?.close();
    server = undefined;
    const error = await errorOf(client.listStreams());
    expect(error).toMatchObject({ code: 'unreachable' });
    expect(error.message).toContain('ECONNREFUSED');
  });

  it('is no longer waited for after an abort, and the reason is that of the signal', async () => {
    const leaving = new AbortController();
    const reason = new Error('The person left.');
    const { client, server } = await clientOf(({ path }) => {
      if (path.includes('access_token')) return undefined;
      leaving.abort(reason);
      return { does: 'hang' };
    });
    const { signal } = leaving;
    await expect(client.startStream('s1', { signal })).rejects.toBe(reason);
    const calls = server.calls().length;
    await expect(client.listStreams({ signal })).rejects.toBe(reason);
    expect(server.calls()).toHaveLength(calls);
  });

  it('fails one who leaves, not the others who wait for the same token', async () => {
    const leaving = new AbortController();
    let give = (_: Reply) => {};
    const opened = await startTestServer(({ path }) => {
      if (!path.includes('access_token')) return { body: [] };
      leaving.abort();
      return new Promise<Reply>((resolve) => {
        give = resolve;
      });
    });
    server = opened;
    const client = createLiveClient({ apiKey, baseUrl: opened.url });
    const leaver = client.listStreams({ signal: leaving.signal });
    const stayer = client.listStreams();
    await expect(leaver).rejects.toMatchObject({ name: 'AbortError' });
    give({ body: { access_token: token } });
    expect(await stayer).toEqual([]);
    expect(opened.calls()).toHaveLength(2);
  });
});

describe('signing keys', () => {
  it('are the same for the same key and purpose, and cannot be read', async () => {
    const bytes = new TextEncoder().encode('x');
    const sign = async (key: string, purpose: string) => {
      const signingKey = await createLiveClient({ apiKey: key }).signingKey(purpose);
      expect(signingKey.extractable).toBe(false);
      return Buffer.from(await crypto.subtle.sign('HMAC', signingKey, bytes)).toString('hex');
    };
    const first = await sign('key-1', 'a');
    expect(await sign('key-1', 'a')).toBe(first);
    expect(await sign('key-1', 'b')).not.toBe(first);
    expect(await sign('key-2', 'a')).not.toBe(first);
  });
});
