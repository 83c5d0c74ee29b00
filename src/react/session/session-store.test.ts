import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { until } from '../../core/foundation/until.js';
import type { FakeEventSource } from './fake-event-source.js';
import { installFakeEventSource } from './fake-event-source.js';
import type { SessionEndpoint } from './session-client.js';
import { sessionUrl } from './session-client.js';
import { SessionRequestError } from './session-request-error.js';
import type { SessionPhase } from './session-state.js';
import type { SessionStore } from './session-store.js';
import { createSessionStore } from './session-store.js';
import type { TestSessionServer } from './test-session-server.js';
import { sampleSession, startTestSessionServer, usualAnswers } from './test-session-server.js';

let server: TestSessionServer;
let events: ReturnType<typeof installFakeEventSource>;
const stores: SessionStore[] = [];

beforeEach(async () => {
  server = await startTestSessionServer();
  events = installFakeEventSource();
});
afterEach(async () => {
  for (const store of stores.splice(0)) store.close();
  events.restore();
  await server.close();
});

function open(options: Partial<SessionEndpoint> = {}): SessionStore {
  const store = createSessionStore(() => ({ url: server.url, ...options }));
  stores.push(store);
  store.open();
  return store;
}

const phase = (store: SessionStore, wanted: SessionPhase) =>
  until(store, (state) => state.phase === wanted);
const status = (session: string, word: string) => ({
  session,
  status: word,
  startedAt: null,
  serverTime: null,
});
const never = () => new Promise<never>(() => {});

async function failureOf(promise: Promise<unknown>): Promise<SessionRequestError> {
  const thrown = await promise.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(thrown instanceof SessionRequestError)) throw new Error('It did not fail as it should.');
  return thrown;
}

describe('starting', () => {
  it('asks once, and gives what the server answered', async () => {
    const store = open();
    const asked = store.start();
    expect(store.getSnapshot()).toMatchObject({ phase: 'starting', session: null, error: null });
    const session = await asked;
    expect(session).toMatchObject({ session: 's1', streamKey: 'key-of-s1' });
    expect(store.getSnapshot()).toMatchObject({
      phase: 'started',
      session,
      streamStatus: 'waiting',
    });
    expect(server.requests).toEqual(['POST']);
  });

  it('is shared by all who ask for it, meanwhile and afterwards', async () => {
    const store = open();
    const [first, second, third] = [store.start(), store.start(), store.renew()];
    expect(second).toBe(first);
    expect(third).toBe(first);
    await first;
    expect(await store.start()).toBe(await first);
    expect(server.requests).toEqual(['POST']);
  });

  it.each([
    [401, 'not-authorized', 'Sign in to broadcast.'],
    [403, 'foreign-origin', 'This page may not.'],
    [429, 'too-many-starts', 'Wait a minute.'],
    [502, 'upstream', 'The Live API is ill.'],
  ])('that is refused with %i %s gives the server’s words', async (httpStatus, error, message) => {
    const body = { error, message };
    server.answerWith(() => ({ status: httpStatus, body, headers: { 'retry-after': '7' } }));
    const store = open();
    const failure = await failureOf(store.start());
    expect(failure).toMatchObject({
      code: error,
      message,
      status: httpStatus,
      retryAfterSeconds: 7,
    });
    expect(store.getSnapshot()).toMatchObject({ phase: 'failed', session: null, error: failure });
    server.answerWith(usualAnswers());
    await store.start();
    expect(store.getSnapshot()).toMatchObject({ phase: 'started', error: null });
  });

  it.each([
    [504, '<html>Gateway Timeout</html>', 'upstream-timeout'],
    [404, '<html>Not Found</html>', 'unexpected-answer'],
    [500, '', 'unexpected-answer'],
    [200, '<html>A page that answers everything</html>', 'unexpected-answer'],
    [201, '{"session":"s1","status":"waiting"}', 'unexpected-answer'],
  ])('answered with %i by somebody else, %s, is %s', async (httpStatus, body, code) => {
    server.answerWith(() => ({ status: httpStatus, body }));
    const store = open();
    expect(await failureOf(store.start())).toMatchObject({ code, status: httpStatus });
    expect(store.getSnapshot().phase).toBe('failed');
  });

  it('without a network fails in plain words, and works when asked again', async () => {
    const store = createSessionStore(() => ({ url }));
    stores.push(store);
    let url = 'http://127.0.0.1:1/api/broadcast';
    const failure = await failureOf(store.start());
    expect(failure).toMatchObject({ code: 'network', status: null });
    expect(failure.message).toMatch(/could not be reached/);
    url = server.url;
    await store.start();
    expect(store.getSnapshot().phase).toBe('started');
  });

  it('that nobody waits for any more changes nothing', async () => {
    let answer: (value: object) => void = () => {};
    server.answerWith(() => new Promise((resolve) => (answer = resolve)));
    const store = open();
    const asked = store.start();
    await vi.waitFor(() => expect(server.requests).toEqual(['POST']));
    store.close();
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
    answer({ body: sampleSession('late') });
    expect(store.getSnapshot()).toMatchObject({ phase: 'idle', session: null });
    await expect(store.start()).rejects.toMatchObject({ name: 'AbortError' });
    expect(server.requests).toEqual(['POST']);
    server.answerWith(usualAnswers());
    store.open();
    await store.start();
    expect(store.getSnapshot().phase).toBe('started');
  });

  it('sends the app’s own headers, new ones each time', async () => {
    let count = 0;
    const store = open({
      headers: async () => {
        count += 1;
        return { authorization: `Bearer ${count}` };
      },
    });
    await store.start();
    await store.stop();
    expect(server.tokens[0]).toBe('Bearer 1');
    expect(new Set(server.tokens).size).toBe(server.tokens.length);
  });

  it('fails in plain words when the app’s headers do', async () => {
    const store = open({ headers: () => Promise.reject(new Error('no token')) });
    expect(await failureOf(store.start())).toMatchObject({ code: 'headers-failed' });
    expect(server.requests).toEqual([]);
  });
});

describe('renewing and stopping', () => {
  it('starts the same stream again under a new session', async () => {
    const store = open();
    await store.start();
    await store.stop();
    expect(store.getSnapshot()).toMatchObject({ phase: 'ended', streamStatus: 'stopped' });
    const renewed = store.renew();
    expect(store.getSnapshot()).toMatchObject({ phase: 'renewing', session: { session: 's1' } });
    expect(await renewed).toMatchObject({ session: 's2' });
    expect(server.requests).toEqual(['POST', 'DELETE s1', 'PUT s1']);
    expect(store.getSnapshot()).toMatchObject({ phase: 'started', isStopped: false });
  });

  it('forgets a session that the server forgot', async () => {
    const store = open();
    await store.start();
    await store.stop();
    const body = { error: 'unknown-session', message: 'Start a new one.' };
    server.answerWith(() => ({ status: 404, body }));
    expect(await failureOf(store.renew())).toMatchObject({ code: 'unknown-session' });
    expect(store.getSnapshot()).toMatchObject({ phase: 'failed', session: null });
  });

  it('keeps a session that could not be renewed, to try again', async () => {
    const store = open();
    await store.start();
    await store.stop();
    server.answerWith(() => ({ status: 502, body: { error: 'upstream', message: 'Ill.' } }));
    await failureOf(store.renew());
    expect(store.getSnapshot()).toMatchObject({ phase: 'failed', session: { session: 's1' } });
  });

  it('takes what could not be stopped for running', async () => {
    const store = open();
    await store.start();
    server.answerWith(() => ({ status: 502, body: { error: 'upstream', message: 'Ill.' } }));
    const failure = await failureOf(store.stop());
    expect(store.getSnapshot()).toMatchObject({ phase: 'started', error: failure });
    server.answerWith(usualAnswers());
    await store.stop();
    expect(store.getSnapshot()).toMatchObject({ phase: 'ended', error: null, isStopped: true });
  });

  it('takes a stream that is gone for stopped', async () => {
    const store = open();
    await store.start();
    server.answerWith(() => ({ status: 404, body: { error: 'unknown-session', message: '' } }));
    await store.stop();
    expect(store.getSnapshot()).toMatchObject({ phase: 'ended', streamStatus: 'deleted' });
  });

  it('ends also what is only being started, and then what is started after that', async () => {
    const store = open();
    const started = store.start();
    const stopped = store.stop();
    await started;
    const again = started.then(() => store.start());
    await stopped;
    expect(server.requests.slice(0, 2)).toEqual(['POST', 'DELETE s1']);
    await again;
    await store.stop();
    expect(store.getSnapshot().phase).toBe('ended');
  });

  it('is one request for two presses, and none where nothing runs', async () => {
    const store = open();
    await store.stop();
    await store.start();
    await Promise.all([store.stop(), store.stop()]);
    await store.stop();
    expect(server.requests).toEqual(['POST', 'DELETE s1']);
  });

  it('stops while the page is being left', async () => {
    const seen = vi.spyOn(globalThis, 'fetch');
    const store = open();
    await store.start();
    const stopping = store.stop();
    store.close();
    await stopping;
    expect(seen.mock.calls.at(-1)?.[1]).toMatchObject({ method: 'DELETE', keepalive: true });
    expect(store.getSnapshot().phase).toBe('ended');
    seen.mockRestore();
  });
});

describe('the server’s clock', () => {
  const MINUTE = 60_000;
  const DAY = 24 * 60 * MINUTE;
  const SKEWS = [-DAY, -5 * MINUTE, 5 * MINUTE, DAY];
  /** An endpoint whose clock is ahead of the page's by so much. */
  const startedAhead = (skewMs: number, say: 'in the body' | 'in its header') => {
    const serverTime = new Date(Date.now() + skewMs);
    return {
      body: {
        ...sampleSession('s1'),
        serverTime: say === 'in the body' ? serverTime.toISOString() : null,
      },
      headers: { date: serverTime.toUTCString() },
    };
  };
  afterEach(() => vi.restoreAllMocks());

  it.each(
    SKEWS.flatMap((skewMs) => [
      [skewMs, 'in the body'] as const,
      [skewMs, 'in its header'] as const,
    ]),
  )('that is %i ms ahead is read off what it says %s', async (skewMs, say) => {
    server.answerWith(() => startedAhead(skewMs, say));
    const store = open();
    await store.start();
    const { clockOffsetMs } = store.getSnapshot();
    expect(Math.abs(clockOffsetMs - skewMs)).toBeLessThan(2_000);
  });

  it('is not corrected for what lies between two answers', async () => {
    server.answerWith(() => startedAhead(700, 'in the body'));
    const store = open();
    await store.start();
    expect(store.getSnapshot().clockOffsetMs).toBe(0);
  });

  it.each(SKEWS)('is requested again after the page’s own was set by %i ms', async (jumpMs) => {
    const now = Date.now.bind(Date);
    // The test's server is right; the clock of this page was set.
    server.answerWith((method) => ({
      body: {
        ...(method === 'GET' ? status('s1', 'waiting') : sampleSession('s1')),
        serverTime: new Date(now()).toISOString(),
      },
    }));
    const store = open();
    await store.start();
    vi.spyOn(Date, 'now').mockImplementation(() => now() + jumpMs);
    window.dispatchEvent(new Event('focus'));
    await until(store, (state) => state.clockOffsetMs !== 0);
    expect(Math.abs(store.getSnapshot().clockOffsetMs + jumpMs)).toBeLessThan(2_000);
    expect(server.requests).toEqual(['POST', 'GET s1']);
  });

  it('is not believed of an answer during which the page’s own was set', async () => {
    const now = Date.now.bind(Date);
    server.answerWith(() => {
      vi.spyOn(Date, 'now').mockImplementation(() => now() + DAY);
      return { body: { ...sampleSession('s1'), serverTime: new Date(now()).toISOString() } };
    });
    const store = open();
    await store.start();
    expect(store.getSnapshot().clockOffsetMs).toBe(0);
  });

  it('is what a date to come back at is compared with', async () => {
    const serverTime = Date.now() + DAY;
    server.answerWith(() => ({
      status: 429,
      body: { error: 'too-many-starts', message: 'Wait.' },
      headers: {
        date: new Date(serverTime).toUTCString(),
        'retry-after': new Date(serverTime + 7_000).toUTCString(),
      },
    }));
    expect(await failureOf(open().start())).toMatchObject({ retryAfterSeconds: 7 });
  });
});

describe('taking over', () => {
  it('ends the stream, and starts it again under a new address', async () => {
    const store = open();
    await store.start();
    const session = await store.takeOver();
    expect(session.session).toBe('s2');
    expect(store.getSnapshot()).toMatchObject({ phase: 'started', session, isStopped: false });
    expect(server.requests).toEqual(['POST', 'DELETE s1', 'PUT s1']);
  });

  it('that is refused leaves the stream as it was', async () => {
    const store = open();
    const session = await store.start();
    const refused = { error: 'upstream', message: 'The Live API is ill.' };
    server.answerWith(() => ({ status: 502, body: refused }));
    await expect(store.takeOver()).rejects.toMatchObject({ code: 'upstream' });
    expect(store.getSnapshot()).toMatchObject({ phase: 'started', session });
    expect(server.requests).toEqual(['POST', 'DELETE s1']);
  });
});

describe('following the status', () => {
  const source = (): FakeEventSource => {
    const last = events.sources.at(-1);
    if (last === undefined) throw new Error('Nothing listens.');
    return last;
  };

  it('hears it from the server’s events, until the stream ended', async () => {
    const store = open();
    await store.start();
    expect(source().url).toBe(`${server.url}?session=s1`);
    source().tell(status('s1', 'live'));
    expect(store.getSnapshot()).toMatchObject({ phase: 'started', streamStatus: 'live' });
    const before = store.getSnapshot();
    source().tell(status('s1', 'live'));
    source().tell(status('another', 'stopped'));
    source().receive('no JSON');
    source().receive('{}');
    expect(store.getSnapshot()).toBe(before);
    source().tell(status('s1', 'stopped'));
    expect(store.getSnapshot()).toMatchObject({ phase: 'ended', isStopped: false });
    expect(source().readyState).toBe(2);
    expect(events.sources).toHaveLength(1);
    expect(server.requests).toEqual(['POST']);
  });

  it('leaves it to the browser to connect again', async () => {
    const store = open();
    await store.start();
    source().tell(status('s1', 'live'));
    source().lose();
    source().tell(status('s1', 'idle'));
    expect(store.getSnapshot().streamStatus).toBe('idle');
    expect(server.requests).toEqual(['POST']);
  });

  it('asks instead, where there are no events to be had', async () => {
    server.answerWith((method) =>
      method === 'GET' ? { body: status('s1', 'live') } : { body: sampleSession('s1') },
    );
    const store = open();
    await store.start();
    source().refuse();
    await until(store, (state) => state.streamStatus === 'live');
    expect(server.requests).toEqual(['POST', 'GET s1']);
  });

  it('asks from the start, where the app sends headers', async () => {
    server.answerWith((method) =>
      method === 'GET' ? { body: status('s1', 'stopped') } : { body: sampleSession('s1') },
    );
    const store = open({ headers: () => ({ authorization: 'Bearer t' }) });
    await store.start();
    await phase(store, 'ended');
    expect(events.sources).toEqual([]);
    expect(server.tokens).toEqual(['Bearer t', 'Bearer t']);
  });

  it('ends with a session that the server does not know', async () => {
    server.answerWith((method) =>
      method === 'GET'
        ? { status: 404, body: { error: 'unknown-session', message: '' } }
        : { body: sampleSession('s1') },
    );
    const store = open();
    await store.start();
    source().refuse();
    await phase(store, 'ended');
    expect(store.getSnapshot().streamStatus).toBe('deleted');
  });

  it('ends with the page, and goes on with it', async () => {
    const store = open();
    await store.start();
    const first = source();
    store.close();
    expect(first.readyState).toBe(2);
    expect(store.getSnapshot().phase).toBe('started');
    store.open();
    expect(source()).not.toBe(first);
    source().tell(status('s1', 'live'));
    expect(store.getSnapshot().streamStatus).toBe('live');
  });

  it('follows only the newest session', async () => {
    const store = open();
    await store.start();
    const first = source();
    first.tell(status('s1', 'stopped'));
    await store.renew();
    expect(source().url).toBe(`${server.url}?session=s2`);
    source().tell(status('s1', 'live'));
    expect(store.getSnapshot().streamStatus).toBe('waiting');
  });
});

describe('asking for the status', () => {
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  /** A server whose answers to the status are counted by a fetch that needs no network. */
  function withPolling(answer: () => Response | Promise<Response>) {
    let asked = 0;
    vi.spyOn(globalThis, 'fetch').mockImplementation(async (_url, { method } = {}) => {
      if (method === 'POST') return Response.json(sampleSession('s1'), { status: 201 });
      asked += 1;
      return answer();
    });
    vi.useFakeTimers();
    return { store: open({ headers: () => ({}) }), asked: () => asked };
  }

  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

  it('happens every five seconds', async () => {
    const { store, asked } = withPolling(() => Response.json(status('s1', 'live')));
    await store.start();
    await pass(0);
    expect(asked()).toBe(1);
    await pass(15_000);
    expect(asked()).toBe(4);
    store.close();
    await pass(60_000);
    expect(asked()).toBe(4);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('backs off while it fails, up to a minute, and is quick again after that', async () => {
    let works = false;
    const { store, asked } = withPolling(() => {
      if (!works) throw new TypeError('fetch failed');
      return Response.json(status('s1', 'live'));
    });
    await store.start();
    await pass(0);
    const times: number[] = [];
    for (let second = 1; second <= 200; second += 1) {
      const before = asked();
      await pass(1000);
      if (asked() > before) times.push(second);
    }
    expect(times).toEqual([10, 30, 70, 130, 190]);
    expect(store.getSnapshot()).toMatchObject({ phase: 'started', error: null });
    works = true;
    await pass(60_000);
    const before = asked();
    await pass(10_000);
    expect(asked()).toBe(before + 2);
  });

  it('waits as long as the server asks it to', async () => {
    const body = { error: 'too-many-starts', message: 'Slower.' };
    const headers = { 'retry-after': '90' };
    const { store, asked } = withPolling(() => Response.json(body, { status: 429, headers }));
    await store.start();
    await pass(89_000);
    expect(asked()).toBe(1);
    await pass(1000);
    expect(asked()).toBe(2);
  });

  it('rests while nobody sees the page', async () => {
    const { store, asked } = withPolling(() => Response.json(status('s1', 'live')));
    const visibility = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden');
    await store.start();
    await pass(120_000);
    expect(asked()).toBe(0);
    visibility.mockReturnValue('visible');
    document.dispatchEvent(new Event('visibilitychange'));
    await pass(0);
    expect(asked()).toBe(1);
  });

  it('takes over from events that a proxy holds back', async () => {
    const { store, asked } = withPolling(() => Response.json(status('s1', 'live')));
    store.close();
    const eventful = open();
    await eventful.start();
    expect(events.sources).toHaveLength(1);
    await pass(9000);
    expect(asked()).toBe(0);
    await pass(1000);
    expect(asked()).toBe(1);
    expect(events.sources[0]?.readyState).toBe(2);
  });

  it('gives up on a server that never answers', async () => {
    const { store } = withPolling(never);
    vi.mocked(fetch).mockImplementation(never);
    const asked = failureOf(store.start());
    await pass(30_000);
    expect(await asked).toMatchObject({ code: 'network', status: null });
  });
});

describe('the address of a session', () => {
  it.each([
    ['/api/broadcast', '/api/broadcast?session=a%26b'],
    ['https://x.test/s?tenant=1', 'https://x.test/s?tenant=1&session=a%26b'],
    ['/s#part', '/s?session=a%26b#part'],
  ])('%s becomes %s', (url, expected) => {
    expect(sessionUrl(url, 'a&b')).toBe(expected);
  });
});
