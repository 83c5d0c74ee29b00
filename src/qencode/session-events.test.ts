import { AsyncLocalStorage } from 'node:async_hooks';
import { createServer } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Ingest, startIngest } from '../../ingest/index.js';
import { makeClip } from '../../ingest/testing/test-clips.js';
import { publish } from '../../ingest/testing/test-publisher.js';
import { createLiveClient } from './live-client.js';
import { toNodeListener } from './node-listener.js';
import { createSessionHandler, type SessionHandler } from './session-handler.js';
import { parseBroadcastSession, parseSessionStatus } from './session-messages.js';
import type { SessionHandlerOptions } from './session-options.js';
import { closeServer, listenOnLoopback } from './test-server.js';

const caller = 'ann';
const authorize = () => ({ caller });
/** So long that only a hint can make the feed ask within a test. */
const NEVER_SECONDS = 3600;

let ingest: Ingest;
/** `GET` requests for a stream that reached the API. */
let reads: number;
/** Makes the next questions about a stream fail. */
let broken: boolean;
let handlers: SessionHandler[];
beforeEach(async () => {
  reads = 0;
  broken = false;
  handlers = [];
  ingest = await startIngest();
});
afterEach(async () => {
  for (const handler of handlers) handler.close();
  await ingest.close();
});

function createHandler(
  options: Partial<SessionHandlerOptions> = {},
  send: typeof fetch = fetch,
): SessionHandler {
  const counting: typeof fetch = (input, init) => {
    if (init?.method !== 'GET') return send(input, init);
    reads += 1;
    return broken ? Promise.resolve(new Response('', { status: 500 })) : send(input, init);
  };
  const client = createLiveClient({ apiKey: 'key-5ec', baseUrl: ingest.url, fetch: counting });
  const handler = createSessionHandler({ client, authorize, ...options });
  handlers.push(handler);
  return handler;
}

const endpoint = (session?: string) =>
  `http://app.example/api/broadcast${session === undefined ? '' : `?session=${session}`}`;

async function start(handler: SessionHandler): Promise<string> {
  const response = await handler(new Request(endpoint(), { method: 'POST' }));
  return parseBroadcastSession(await response.json())?.session ?? '';
}

const hook = (body: unknown) =>
  new Request('http://app.example/api/hook', {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

/** Reads the events of an answer one after the other. */
function readEvents(response: Response) {
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const reader = (response.body ?? new ReadableStream()).getReader();
  const decoder = new TextDecoder();
  let text = '';
  /** The next block of lines, `null` at the end. */
  const next = async (): Promise<string | null> => {
    for (;;) {
      const end = text.indexOf('\n\n');
      if (end >= 0) {
        const block = text.slice(0, end);
        text = text.slice(end + 2);
        return block;
      }
      const { done, value } = await reader.read();
      if (done) return null;
      text += decoder.decode(value, { stream: true });
    }
  };
  return {
    next,
    async status() {
      const lines = (await next())?.split('\n') ?? [];
      if (lines.length === 0) return null;
      expect(lines).toContain('event: status');
      const data = lines.find((line) => line.startsWith('data: '))?.slice('data: '.length);
      return parseSessionStatus(JSON.parse(data ?? 'null'))?.status;
    },
    cancel: () => reader.cancel(),
  };
}

async function listen(
  handler: SessionHandler,
  session: string,
  init: { readonly signal?: AbortSignal; readonly headers?: Record<string, string> } = {},
) {
  const headers = { accept: 'text/event-stream', ...init.headers };
  return handler(new Request(endpoint(session), { ...init, headers }));
}

describe('the events of a session', () => {
  it('tell the status at once, then what polling finds, and end with the stream', async () => {
    const handler = createHandler({ pollSeconds: 0.02 });
    const session = await start(handler);
    const events = readEvents(await listen(handler, session));
    expect(await events.status()).toBe('waiting');
    const [stream] = ingest.listStreams();
    ingest.stopStream(stream?.id ?? '');
    expect(await events.status()).toBe('stopped');
    expect(await events.next()).toBeNull();
  });

  it('tell what a webhook hints at, and believe only the API', async () => {
    const handler = createHandler({ pollSeconds: NEVER_SECONDS });
    const session = await start(handler);
    const events = readEvents(await listen(handler, session));
    expect(await events.status()).toBe('waiting');
    const [stream] = ingest.listStreams();
    ingest.stopStream(stream?.id ?? '');
    const told = await handler.callback(hook({ ...stream, status: 'live' }));
    expect(told.status).toBe(204);
    expect(await events.status()).toBe('stopped');
    expect(await events.next()).toBeNull();
  });

  it('end when the page stops the session', async () => {
    const handler = createHandler({ pollSeconds: NEVER_SECONDS });
    const session = await start(handler);
    const events = readEvents(await listen(handler, session));
    expect(await events.status()).toBe('waiting');
    await handler(new Request(endpoint(session), { method: 'DELETE' }));
    expect(await events.status()).toBe('stopped');
    expect(await events.next()).toBeNull();
  });

  it('tell that the stream was deleted', async () => {
    const handler = createHandler({ pollSeconds: 0.02 });
    const session = await start(handler);
    const events = readEvents(await listen(handler, session));
    expect(await events.status()).toBe('waiting');
    const client = createLiveClient({ apiKey: 'key-5ec', baseUrl: ingest.url });
    await client.deleteStream(ingest.listStreams()[0]?.id ?? '');
    expect(await events.status()).toBe('deleted');
    expect(await events.next()).toBeNull();
  });

  it('of an ended stream are one, and none for a browser that comes back for more', async () => {
    const handler = createHandler({ pollSeconds: NEVER_SECONDS });
    const session = await start(handler);
    await handler(new Request(endpoint(session), { method: 'DELETE' }));
    const events = readEvents(await listen(handler, session));
    expect(await events.next()).toContain('id: stopped');
    expect(await events.next()).toBeNull();
    const again = await listen(handler, session, { headers: { 'last-event-id': 'stopped' } });
    expect(again.status).toBe(204);
    await handler(new Request(endpoint(session), { method: 'PUT' }));
    const renewed = await listen(handler, session, { headers: { 'last-event-id': 'stopped' } });
    expect(await readEvents(renewed).status()).toBe('waiting');
  });

  it('are requested once for all who listen to a stream', async () => {
    const handler = createHandler({ pollSeconds: NEVER_SECONDS });
    const session = await start(handler);
    const all = [];
    for (const _ of [1, 2, 3]) all.push(readEvents(await listen(handler, session)));
    for (const events of all) expect(await events.status()).toBe('waiting');
    expect(reads).toBe(1);
    const [stream] = ingest.listStreams();
    ingest.stopStream(stream?.id ?? '');
    await handler.callback(hook({ stream }));
    for (const events of all) expect(await events.status()).toBe('stopped');
    expect(reads).toBe(2);
  });

  it('outlive an API that fails for a while', async () => {
    const onError = vi.fn();
    const handler = createHandler({ pollSeconds: 0.02, onError });
    const session = await start(handler);
    const events = readEvents(await listen(handler, session));
    expect(await events.status()).toBe('waiting');
    broken = true;
    await vi.waitFor(() => expect(onError).toHaveBeenCalled());
    ingest.stopStream(ingest.listStreams()[0]?.id ?? '');
    broken = false;
    expect(await events.status()).toBe('stopped');
  });

  it('cannot begin while the API fails', async () => {
    const handler = createHandler();
    const session = await start(handler);
    broken = true;
    expect((await listen(handler, session)).status).toBe(502);
  });
});

describe('streams of events', () => {
  it('of one caller are capped, tabs and sessions together', async () => {
    const user = ({ headers }: Request) => ({ caller: headers.get('x-user') ?? caller });
    const options = { pollSeconds: NEVER_SECONDS, maxEventStreams: 2, authorize: user };
    const handler = createHandler(options);
    const [one, two] = [await start(handler), await start(handler)];
    const first = readEvents(await listen(handler, one));
    const second = readEvents(await listen(handler, two));
    const refused = await listen(handler, one);
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({ error: 'too-many-listeners' });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    const asked = await handler(new Request(endpoint(one)));
    expect(asked.status).toBe(200);
    const ben = { headers: { 'x-user': 'ben' } };
    const his = await handler(new Request(endpoint(), { method: 'POST', ...ben }));
    const hisSession = parseBroadcastSession(await his.json())?.session ?? '';
    expect((await listen(handler, hisSession, ben)).status).toBe(200);
    await first.cancel();
    const third = readEvents(await listen(handler, one));
    expect(await third.status()).toBe('waiting');
    await second.cancel();
    await third.cancel();
  });

  it('are ten of one caller where the app says nothing', async () => {
    const handler = createHandler({ pollSeconds: NEVER_SECONDS });
    const session = await start(handler);
    const statuses: number[] = [];
    for (let count = 0; count < 11; count += 1) {
      statuses.push((await listen(handler, session)).status);
    }
    expect(statuses).toEqual([...Array(10).fill(200), 429]);
  });

  it.each([
    ['its stream is somebody else’s', (now: Caller) => (now.stream = 'another')],
    ['its caller was signed out', (now: Caller) => (now.caller = null)],
    ['another person is signed in', (now: Caller) => (now.caller = 'ben')],
  ])('end without a further word once %s', async (_what, change) => {
    const now: Caller = { caller: 'ann', stream: null };
    const handler = createHandler({
      pollSeconds: NEVER_SECONDS,
      authorize: () => (now.caller === null ? null : { caller: now.caller }),
      streamFor: () => now.stream,
    });
    const session = await start(handler);
    const events = readEvents(await listen(handler, session));
    expect(await events.status()).toBe('waiting');
    const [stream] = ingest.listStreams();
    change(now);
    ingest.stopStream(stream?.id ?? '');
    expect((await handler.callback(hook({ id: stream?.id }))).status).toBe(204);
    expect(await events.next()).toBeNull();
  });

  it('end, and are reported, when the app can no longer say whose the stream is', async () => {
    const errors: unknown[] = [];
    const failure = new Error('The database is down.');
    let isDown = false;
    const handler = createHandler({
      pollSeconds: NEVER_SECONDS,
      streamFor: () => (isDown ? Promise.reject(failure) : null),
      onError: (error) => errors.push(error),
    });
    const session = await start(handler);
    const events = readEvents(await listen(handler, session));
    expect(await events.status()).toBe('waiting');
    isDown = true;
    const [stream] = ingest.listStreams();
    ingest.stopStream(stream?.id ?? '');
    await handler.callback(hook({ id: stream?.id }));
    expect(await events.next()).toBeNull();
    expect(errors).toEqual([failure]);
  });

  it('prove their request in the place where it was made', async () => {
    const request = new AsyncLocalStorage<string>();
    const seen: (string | undefined)[] = [];
    const handler = createHandler({
      pollSeconds: NEVER_SECONDS,
      authorize: () => {
        seen.push(request.getStore());
        return { caller };
      },
    });
    const session = await request.run('start', () => start(handler));
    const first = await request.run('first', async () =>
      readEvents(await listen(handler, session)),
    );
    const second = await request.run('second', async () =>
      readEvents(await listen(handler, session)),
    );
    for (const events of [first, second]) expect(await events.status()).toBe('waiting');
    seen.length = 0;
    const [stream] = ingest.listStreams();
    ingest.stopStream(stream?.id ?? '');
    await request.run('hook', () => handler.callback(hook({ id: stream?.id })));
    for (const events of [first, second]) expect(await events.status()).toBe('stopped');
    expect(seen.sort()).toEqual(['first', 'second']);
  });
});

interface Caller {
  caller: string | null;
  stream: string | null;
}

describe('timers', () => {
  const stream = {
    id: 's1',
    status: 'waiting',
    server_urls: { webrtc: 'wss://live-1.example:3334/qlive/key' },
    access_token: 'token',
  };
  /** An API without sockets, whose timers would be counted too. */
  const inMemory: typeof fetch = async () => Response.json(stream);
  const create = (options: Partial<SessionHandlerOptions> = {}) =>
    createHandler({ pollSeconds: NEVER_SECONDS, ...options }, inMemory);

  beforeEach(() => {
    vi.useFakeTimers({
      toFake: ['Date', 'setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'],
    });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('send a comment every 15 s to a page that reads', async () => {
    const handler = create();
    const session = await start(handler);
    const events = readEvents(await listen(handler, session));
    expect(await events.status()).toBe('waiting');
    for (const _ of [1, 2]) {
      const next = events.next();
      vi.advanceTimersByTime(15_000);
      expect(await next).toBe(':');
    }
    await events.cancel();
  });

  it('end a stream of events whose session ends', async () => {
    const handler = create({ sessionSeconds: 40 });
    const events = readEvents(await listen(handler, await start(handler)));
    expect(await events.status()).toBe('waiting');
    for (const _ of [1, 2]) {
      const next = events.next();
      vi.advanceTimersByTime(15_000);
      expect(await next).toBe(':');
    }
    const next = events.next();
    vi.advanceTimersByTime(15_000);
    expect(await next).toBeNull();
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each(['aborts', 'cancels', 'is told that the server shuts down'])(
    'are gone when the page %s',
    async (way) => {
      const handler = create();
      const session = await start(handler);
      expect(vi.getTimerCount()).toBe(0);
      const leaving = new AbortController();
      const events = readEvents(await listen(handler, session, { signal: leaving.signal }));
      expect(await events.status()).toBe('waiting');
      expect(vi.getTimerCount()).toBe(2);
      if (way === 'aborts') leaving.abort();
      else if (way === 'cancels') await events.cancel();
      else handler.close();
      expect(await events.next()).toBeNull();
      expect(vi.getTimerCount()).toBe(0);
      const asked = reads;
      expect((await handler.callback(hook(stream))).status).toBe(204);
      expect(vi.getTimerCount()).toBe(0);
      expect(reads).toBe(asked);
    },
  );

  it('are gone, and the question to the API with them, when the page leaves meanwhile', async () => {
    let asking: AbortSignal | null | undefined;
    const handler = createHandler({ pollSeconds: NEVER_SECONDS }, (input, init) => {
      if (init?.method !== 'GET' || reads < 2) return inMemory(input, init);
      const { signal } = init;
      asking = signal;
      return new Promise((_, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason));
      });
    });
    const session = await start(handler);
    const events = readEvents(await listen(handler, session));
    expect(await events.status()).toBe('waiting');
    await handler.callback(hook(stream));
    await vi.waitFor(() => expect(asking?.aborted).toBe(false), { interval: 1 });
    await events.cancel();
    expect(asking?.aborted).toBe(true);
    await vi.waitFor(() => expect(vi.getTimerCount()).toBe(0), { interval: 1 });
  });

  it('do not begin for a page that has gone already', async () => {
    const handler = create();
    const session = await start(handler);
    expect(vi.getTimerCount()).toBe(0);
    const signal = AbortSignal.abort();
    await listen(handler, session, { signal });
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('the webhook', () => {
  it('makes nobody ask about streams that nobody listens to', async () => {
    const handler = createHandler({ pollSeconds: NEVER_SECONDS });
    await start(handler);
    const [stream] = ingest.listStreams();
    for (const body of [stream, { id: 'unknown' }, { data: stream }]) {
      expect((await handler.callback(hook(body))).status).toBe(204);
    }
    expect(reads).toBe(0);
  });

  it.each([
    ['rubbish', '{', 400, 'malformed'],
    ['a list', '[]', 400, 'malformed'],
    ['no stream', '{"hello":1}', 400, 'malformed'],
    ['too much', JSON.stringify({ id: 's', name: 'x'.repeat(70_000) }), 413, 'too-large'],
  ])('refuses %s', async (_what, body, status, error) => {
    const response = await createHandler().callback(hook(body));
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error });
  });

  it('takes POST only', async () => {
    const response = await createHandler().callback(new Request('http://app.example/api/hook'));
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
  });
});

describe("through Node's own server", () => {
  it('events arrive one by one, and a page that goes away ends them', async () => {
    const handler = createHandler({ pollSeconds: NEVER_SECONDS });
    const ended: Promise<unknown>[] = [];
    const watched = (request: Request) => {
      const { signal } = request;
      ended.push(new Promise((resolve) => signal.addEventListener('abort', resolve)));
      return handler(request);
    };
    const server = createServer(toNodeListener(watched));
    const url = await listenOnLoopback(server);
    try {
      const started = await (await fetch(url, { method: 'POST' })).json();
      const leaving = new AbortController();
      const response = await fetch(`${url}?session=${started.session}`, {
        headers: { accept: 'text/event-stream' },
        signal: leaving.signal,
      });
      const events = readEvents(response);
      expect(await events.status()).toBe('waiting');
      leaving.abort();
      await expect(events.next()).rejects.toMatchObject({ name: 'AbortError' });
      await ended.at(-1);
      // Nobody listens any more, so that a hint makes nobody ask.
      const asked = reads;
      await handler.callback(hook(ingest.listStreams()[0]));
      await new Promise((resolve) => setImmediate(resolve));
      expect(reads).toBe(asked);
    } finally {
      await closeServer(server);
    }
  });

  it('a page hears of its media coming and going, from the webhook alone', async () => {
    await ingest.close();
    ingest = await startIngest({ resumeTimeoutSeconds: 2 });
    let handler: SessionHandler | undefined;
    const server = createServer(
      toNodeListener(async (request) => {
        const hooked = new URL(request.url).pathname === '/hook';
        const answer = hooked ? handler?.callback(request) : handler?.(request);
        return answer ?? new Response(null, { status: 503 });
      }),
    );
    const url = await listenOnLoopback(server);
    handler = createHandler({ pollSeconds: NEVER_SECONDS, callbackUrl: `${url}/hook` });
    try {
      const body = await (await fetch(url, { method: 'POST' })).json();
      const started = parseBroadcastSession(body);
      const events = readEvents(
        await fetch(`${url}?session=${started?.session}`, {
          headers: { accept: 'text/event-stream' },
        }),
      );
      expect(await events.status()).toBe('waiting');
      const publisher = await publish(started?.serverUrl ?? '', await makeClip('H264'));
      expect(await events.status()).toBe('live');
      await publisher.close();
      expect(await events.status()).toBe('idle');
      expect(await events.status()).toBe('stopped');
      expect(await events.next()).toBeNull();
    } finally {
      await closeServer(server);
    }
  }, 30_000);

  it('a body that a parser has read already is taken from there', async () => {
    const handler = createHandler();
    const listener = toNodeListener(handler);
    const server = createServer(async (incoming, outgoing) => {
      const chunks = [];
      for await (const chunk of incoming) chunks.push(chunk);
      const text = Buffer.concat(chunks).toString();
      listener(Object.assign(incoming, { body: text === '' ? {} : JSON.parse(text) }), outgoing);
    });
    const url = await listenOnLoopback(server);
    try {
      const headers = { 'content-type': 'application/json' };
      const named = await fetch(url, { method: 'POST', headers, body: '{"name":"Parsed"}' });
      expect(named.status).toBe(201);
      expect(ingest.listStreams()[0]?.name).toBe('Parsed');
      expect((await fetch(url, { method: 'POST' })).status).toBe(201);
    } finally {
      await closeServer(server);
    }
  });
});
