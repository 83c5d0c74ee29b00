import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FakePeer, PeerBehaviour } from '../../testing/fake-peer.js';
import { createFakePeer } from '../../testing/fake-peer.js';
import type { FakeWhip } from '../../testing/fake-whip.js';
import {
  created,
  FAKE_ANSWER,
  FAKE_FRAGMENT,
  FAKE_OFFER,
  installFakeWhip,
  KEPT_FROM_PAGE,
  NEVER_ANSWERS,
  refused,
} from '../../testing/fake-whip.js';
import { BroadcastError } from '../errors.js';
import { ended } from '../foundation/abort.js';
import type { SignalingContext } from './contract.js';
import { parseIngestUrl } from './ingest-url.js';
import type { WhipHints } from './whip-signaling.js';
import { whipAdapter } from './whip-signaling.js';

const TOKEN = 'eyJhbGciOi.J9-secret_token~+/==';
const KEY = 'secret-key-7';

let server: FakeWhip;
let isThere = true;
beforeEach(() => {
  vi.useFakeTimers();
  isThere = true;
  server = installFakeWhip(() => isThere);
});
afterEach(() => {
  server.restore();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

interface Wishes {
  readonly serverUrl?: string;
  readonly peer?: PeerBehaviour;
  readonly hints?: Partial<WhipHints>;
  readonly isPressed?: boolean;
}

/** Publishes to the server; the promise of the session is caught, so that each test may look at it late. */
function publish({ serverUrl, peer = 'CONNECTS', hints = {}, isPressed = true }: Wishes = {}) {
  const url = parseIngestUrl({
    serverUrl: serverUrl ?? `https://whip.example/live/${KEY}?q=a%20b`,
  });
  const life = new AbortController();
  const peers: FakePeer[] = [];
  const reports: string[] = [];
  let press = () => {};
  const context: SignalingContext = {
    createPeer(iceServers) {
      const made = createFakePeer(peer, iceServers);
      peers.push(made);
      return made;
    },
    go: new Promise((resolve) => {
      press = resolve;
    }),
    report: (progress) => reports.push(progress),
    signal: life.signal,
  };
  if (isPressed) press();
  const session = whipAdapter(url, {
    attempt: () => 1,
    mayHoldSession: () => false,
    serverTime: Date.now,
    authToken: null,
    ...hints,
  }).publish(context);
  session.catch(() => {});
  return { session, peers, reports, press, life };
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const sent = (method: string) => server.requests.filter((one) => one.method === method);

async function published(wishes?: Wishes) {
  const { session, ...rest } = publish(wishes);
  await pass(0);
  return { ...rest, session: await session, peer: rest.peers[0] as FakePeer };
}

/** The error that publishing ends with, once `ms` have passed; nothing in it may be a credential. */
async function failure(wishes?: Wishes, ms = 60_000): Promise<BroadcastError> {
  const { session, peers } = publish(wishes);
  await pass(ms);
  const error: unknown = await session.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(BroadcastError);
  const shown = inspect(error, { depth: null });
  for (const secret of [KEY, TOKEN, TOKEN.slice(0, 12)]) expect(shown).not.toContain(secret);
  expect(peers.every(({ isClosed }) => isClosed)).toBe(true);
  return error as BroadcastError;
}

describe('an offer', () => {
  it('is posted as application/sdp when the button is pressed, and not before', async () => {
    const { session, reports, press, peers } = publish({ isPressed: false });
    await pass(5_000);
    expect(server.requests).toEqual([]);
    expect(reports).toEqual(['prepared']);
    press();
    await pass(0);
    const [post] = sent('POST');
    expect(post?.url.href).toBe(`https://whip.example/live/${KEY}?q=a%20b`);
    expect(post?.headers.get('content-type')).toBe('application/sdp');
    expect(post?.body).toBe(FAKE_OFFER);
    expect((await session).peer).toBe(peers[0]);
    expect(peers[0]?.answers).toEqual([FAKE_ANSWER]);
    expect(reports).toEqual(['prepared', 'negotiating']);
  });

  it('carries no Authorization without a token', async () => {
    const { session, peer } = await published();
    peer.gather('candidate:1 1 udp 1 192.0.2.1 9 typ host');
    await pass(1_000);
    await session.restartIce?.(new AbortController().signal);
    await session.close();
    expect(server.requests.map(({ method }) => method)).toEqual([
      'POST',
      'PATCH',
      'PATCH',
      'DELETE',
    ]);
    for (const { headers } of server.requests) expect(headers.has('authorization')).toBe(false);
  });

  it('and all that follows it carry the token where there is one', async () => {
    const { session, peer } = await published({ hints: { authToken: TOKEN } });
    peer.gather('candidate:1 1 udp 1 192.0.2.1 9 typ host');
    await pass(1_000);
    await session.restartIce?.(new AbortController().signal);
    await session.close();
    expect(server.requests).toHaveLength(4);
    for (const { headers } of server.requests) {
      expect(headers.get('authorization')).toBe(`Bearer ${TOKEN}`);
    }
  });

  it.each([
    ['https://whip.example:3334/app/key', 1, 'max_width=1280, max_height=720, max_fps=30'],
    [
      'https://whip.example/app/key?direction=whip',
      1,
      'max_width=1280, max_height=720, max_fps=30',
    ],
    ['https://whip.example/app/key?direction=whip', 2, null],
    ['https://whip.example/app/key', 1, null],
  ])(
    'tells OvenMediaEngine alone of the picture, once: %s, attempt %s',
    async (serverUrl, attempt, told) => {
      await published({ serverUrl, hints: { attempt: () => attempt } });
      expect(sent('POST')[0]?.headers.get('oven-capabilities')).toBe(told);
    },
  );
});

describe('the address of a session', () => {
  it.each([
    ['absolute', 'https://other.example:8443/s/1?t=%2B', 'https://other.example:8443/s/1?t=%2B'],
    ['relative to the host', '/s/1?direction=whip', 'https://whip.example/s/1?direction=whip'],
    ['relative to the path', 's/1', 'https://whip.example/live/s/1'],
    ['a query alone', '?session=1', `https://whip.example/live/${KEY}?session=1`],
    ['of another host with the same scheme', '//other.example/s', 'https://other.example/s'],
    [
      'of a server that does not know of its TLS',
      'http://whip.example/s/1',
      'https://whip.example/s/1',
    ],
  ])('may be %s', async (_, location, href) => {
    server.behave('POST', () => created({ location }));
    const { session } = await published();
    await session.close();
    expect(sent('DELETE').map(({ url }) => url.href)).toEqual([href]);
  });

  it('is resolved against where a redirect led to', async () => {
    server.behave('POST', () => {
      const response = created({ location: 'session/1' });
      Object.defineProperty(response, 'url', { value: 'https://edge.example/eu/whip?x=1' });
      return response;
    });
    const { session } = await published();
    await session.close();
    expect(sent('DELETE')[0]?.url.href).toBe('https://edge.example/eu/session/1');
  });

  it.each([
    ['missing', null],
    ['empty', ' '],
    ['no address', 'https://'],
    ['of a scheme that is no HTTP', 'javascript:alert(1)'],
    ['without the TLS of another host', 'http://other.example/s/1'],
  ])('that is %s ends it in words', async (_, location) => {
    server.behave('POST', () => created({ location }));
    expect(await failure()).toMatchObject({
      code: 'protocol-violation',
      message: expect.stringMatching(/status 201.*Location.*Access-Control-Expose-Headers/),
    });
  });
});

describe('the ICE servers of an answer', () => {
  it('are there before candidates are gathered', async () => {
    const link =
      '<stun:s.example>; rel="ice-server", <turn:t.example?transport=udp>; rel=ice-server; username="a,b"; credential="x;\\"y"';
    server.behave('POST', () => created({ location: '/s', link }));
    const { peer } = await published();
    expect(peer.iceServers).toEqual([
      { urls: 'stun:s.example' },
      { urls: 'turn:t.example?transport=udp', username: 'a,b', credential: 'x;"y' },
    ]);
  });
});

describe('candidates', () => {
  const candidate = (port: number) => `candidate:1 1 udp 1 192.0.2.1 ${port} typ host`;

  it.each(['"quoted"', 'unquoted', 'W/"weak"'])(
    'go out together after the answer, under the tag %s as it was written',
    async (etag) => {
      server.behave('POST', () => created({ location: '/s', etag }));
      server.behave('PATCH', refusedWith204);
      const { peer } = await published();
      peer.gather(candidate(1));
      peer.gather(candidate(2));
      peer.gather(candidate(3), 'ufragOfBefore');
      await pass(1_000);
      peer.gather(null);
      await pass(0);
      const [first, second, ...more] = sent('PATCH');
      expect(more).toEqual([]);
      expect(first?.headers.get('if-match')).toBe(etag);
      expect(first?.headers.get('content-type')).toBe('application/trickle-ice-sdpfrag');
      expect(first?.body).toContain(`a=${candidate(1)}\r\na=${candidate(2)}\r\n`);
      expect(first?.body).not.toContain(candidate(3));
      expect(first?.body).not.toContain('end-of-candidates');
      expect(second?.body).toMatch(/a=end-of-candidates\r\n$/);
    },
  );

  it('go without a condition where the server named no tag', async () => {
    server.behave('POST', () => created({ location: '/s', etag: null }));
    server.behave('PATCH', refusedWith204);
    const { peer } = await published();
    peer.gather(candidate(1));
    await pass(1_000);
    expect(sent('PATCH')[0]?.headers.has('if-match')).toBe(false);
  });

  it.each([
    ['does not know PATCH', refused(405)],
    ['does not do it', refused(422)],
    ['has not built it', refused(501)],
    ['fails', refused(500)],
    ['asks for a tag', refused(428)],
    ['keeps its answer from the page', KEPT_FROM_PAGE],
    ['never answers', NEVER_ANSWERS],
  ])('are kept to ourselves once a server %s, and nothing else happens', async (_, how) => {
    server.behave('PATCH', how);
    const { session, peer } = await published();
    const lost = vi.fn();
    void session.lost.then(lost);
    peer.gather(candidate(1));
    await pass(10_000);
    peer.gather(candidate(2));
    await pass(10_000);
    expect(sent('PATCH')).toHaveLength(1);
    expect(lost).not.toHaveBeenCalled();
    expect(peer.isClosed).toBe(false);
  });
});

const refusedWith204 = () => new Response(null, { status: 204 });

describe('a restart of ICE', () => {
  const now = new AbortController().signal;

  it('sends new credentials to whatever session it is by now, and uses those of the server', async () => {
    const { session, peer } = await published();
    expect(await session.restartIce?.(now)).toBe('restarted');
    const [patch] = sent('PATCH');
    expect(patch?.headers.get('if-match')).toBe('*');
    expect(patch?.body).toContain('a=ice-ufrag:localUfrag1');
    const [, answer = ''] = peer.answers;
    expect(answer).not.toContain('serverUfrag\r');
    expect(answer.match(/a=ice-ufrag:serverUfrag2\r/g)).toHaveLength(2);
    expect(answer.match(/a=ice-pwd:serverPasswordLater000\r/g)).toHaveLength(2);
    expect(answer.match(/a=candidate:.*/g)).toEqual([
      'a=candidate:2 1 udp 2130706431 198.51.100.2 39133 typ host',
    ]);
    expect(answer).toContain('a=fingerprint:sha-256 44:55:66');
  });

  it('tells of candidates under the new tag from then on', async () => {
    const { session, peer } = await published();
    await session.restartIce?.(now);
    peer.gather('candidate:1 1 udp 1 192.0.2.1 1 typ host', 'localUfrag');
    peer.gather('candidate:1 1 udp 1 192.0.2.1 2 typ host', 'localUfrag1');
    await pass(1_000);
    const [, told, ...more] = sent('PATCH');
    expect(more).toEqual([]);
    expect(told?.headers.get('if-match')).toBe('"restart-1"');
    expect(told?.body).toContain('a=ice-ufrag:localUfrag1');
    expect(told?.body.match(/a=candidate:.*/g)).toEqual([
      'a=candidate:1 1 udp 1 192.0.2.1 2 typ host',
    ]);
  });

  it.each([
    ['says that it did without saying how', () => new Response(null, { status: 204 })],
    ['answers 200 and nothing', () => new Response('')],
    ['answers 200 and a page', () => new Response('<html>')],
    ['answers 200 and no password', () => new Response('a=ice-ufrag:abcd\r\n')],
    ['answers 200 and far too much', () => new Response(FAKE_FRAGMENT + 'x'.repeat(300_000))],
    ['does not know PATCH', refused(405)],
    ['asks for a tag', refused(428)],
    ['knows no such tag', refused(412)],
    ['does not do it', refused(422)],
    ['has not built it', refused(501)],
    ['fails', refused(503)],
  ] as const)('is not done where a server %s, and changes nothing', async (_, how) => {
    server.behave('PATCH', how);
    const { session, peer } = await published();
    expect(await session.restartIce?.(now)).toBe('refused');
    expect(peer.answers).toHaveLength(1);
    // Nothing is remembered against it.
    server.behave('PATCH', null);
    expect(await session.restartIce?.(now)).toBe('restarted');
  });

  it('that nobody answers is given up after two seconds', async () => {
    server.behave('PATCH', NEVER_ANSWERS);
    const { session } = await published();
    const outcome = session.restartIce?.(now);
    await pass(2_000);
    expect(await outcome).toBe('unanswered');
    isThere = false;
    expect(await session.restartIce?.(now)).toBe('unanswered');
  });

  it('takes the answer to the latest request alone', async () => {
    const { session, peer } = await published();
    let answerFirst = () => {};
    const late = new Promise<Response>((resolve) => {
      answerFirst = () =>
        resolve(new Response(FAKE_FRAGMENT.replaceAll('serverUfrag2', 'staleUfrag')));
    });
    server.behave('PATCH', () => late);
    const first = session.restartIce?.(now);
    await pass(0);
    server.behave('PATCH', null);
    expect(await session.restartIce?.(now)).toBe('restarted');
    answerFirst();
    expect(await first).toBe('refused');
    expect(peer.answers).toHaveLength(2);
    expect(peer.answers.join()).not.toContain('staleUfrag');
  });

  it.each([404, 410])('that finds no session (%s) tells that it is lost', async (status) => {
    server.behave('PATCH', refused(status));
    const { session } = await published();
    expect(await session.restartIce?.(now)).toBe('refused');
    expect(await session.lost).toMatchObject({ code: 'unreachable' });
  });
});

describe('the end of a session', () => {
  it('is told with a request that outlives the page, and without a tag', async () => {
    const { session } = await published();
    expect(server.sessions.size).toBe(1);
    await session.close();
    await session.close();
    expect(server.sessions.size).toBe(0);
    const [end, ...more] = sent('DELETE');
    expect(more).toEqual([]);
    expect(end?.keepalive).toBe(true);
    expect(end?.headers.has('if-match')).toBe(false);
  });

  it('is told again until it is heard, while nobody waits longer than a second', async () => {
    const { session } = await published();
    isThere = false;
    const closed = vi.fn();
    void session.close().then(closed);
    await pass(1_000);
    expect(closed).toHaveBeenCalled();
    await pass(4_000);
    isThere = true;
    await pass(4_000);
    expect(server.sessions.size).toBe(0);
    const { length } = server.requests;
    await pass(60_000);
    expect(server.requests).toHaveLength(length);
  });

  it('is told where no path comes about', async () => {
    expect(await failure({ peer: 'ICE_FAILS' })).toMatchObject({ code: 'negotiation-failed' });
    expect(sent('DELETE')).toHaveLength(1);
    expect(server.sessions.size).toBe(0);
  });

  it('is told of a session that came when nobody waited for it any more', async () => {
    let answer = () => {};
    const late = new Promise<Response>((resolve) => {
      answer = () => resolve(created({ location: '/late/1' }));
    });
    server.behave('POST', () => late);
    const { session, life, peers } = publish();
    await pass(500);
    life.abort(ended('broadcast'));
    await pass(0);
    await expect(session).rejects.toBe(life.signal.reason);
    expect(peers[0]?.isClosed).toBe(true);
    answer();
    await pass(0);
    expect(sent('DELETE').map(({ url }) => url.pathname)).toEqual(['/late/1']);
  });
});

describe('an answer that cannot be one', () => {
  const without = (line: RegExp) => FAKE_ANSWER.replace(line, '');
  it.each([
    [
      'a web page',
      { 'content-type': 'text/html; charset=utf-8' },
      '<!doctype html><title>Hi</title>',
    ],
    ['a web page that calls itself SDP', {}, '<!doctype html>'],
    ['another type', { 'content-type': 'text/plain' }, FAKE_ANSWER],
    ['nothing', {}, ''],
    ['a body without end', {}, `${FAKE_ANSWER}${'a=x\r\n'.repeat(100_000)}`],
    ['one that is too long', {}, `${FAKE_ANSWER}${'a=x\r\n'.repeat(30_000)}`],
    [
      'far too many candidates',
      {},
      `${FAKE_ANSWER}${'a=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n'.repeat(65)}`,
    ],
    ['our own offer', {}, FAKE_OFFER],
    ['names of another offer', {}, FAKE_ANSWER.replace('a=mid:1', 'a=mid:7')],
    ['media in another order', {}, FAKE_ANSWER.replace('m=audio', 'm=video')],
    ['fewer media', {}, FAKE_ANSWER.slice(0, FAKE_ANSWER.indexOf('m=video'))],
    ['no fingerprint', {}, without(/a=fingerprint.*\r\n/g)],
    ['no credentials', {}, without(/a=ice-(ufrag|pwd).*\r\n/g)],
  ])('such as %s ends in words, and ends its session', async (_, headers, body) => {
    server.behave('POST', () => created({ location: '/wrong/1', ...headers }, body));
    const error = await failure();
    expect(error).toMatchObject({ code: 'protocol-violation' });
    expect(error.message).toMatch(/Check that the server URL/);
    expect(sent('DELETE').map(({ url }) => url.pathname)).toEqual(['/wrong/1']);
  });

  it('may come without a type', async () => {
    server.behave('POST', () => created({ location: '/s', 'content-type': null }));
    await published();
  });
});

describe('a refused offer', () => {
  const held = { mayHoldSession: () => true };
  it.each([
    [200, {}, 'protocol-violation', /status 200/],
    [202, {}, 'protocol-violation', /status 202/],
    [204, {}, 'protocol-violation', /status 204/],
    [400, {}, 'negotiation-failed', /status 400/],
    [401, {}, 'unauthorized', /wants a token.*status 401.*authToken/],
    [401, { authToken: TOKEN }, 'unauthorized', /token \(status 401\).*Get a new one/],
    [403, { authToken: TOKEN }, 'unauthorized', /status 403/],
    [404, {}, 'stream-not-found', /status 404/],
    [410, {}, 'stream-not-found', /status 410/],
    [404, held, 'stream-not-found', /status 404/],
    [405, {}, 'handshake-refused', /no offers at this address|takes no offers/],
    [406, {}, 'negotiation-failed', /status 406/],
    [408, {}, 'timeout', /status 408/],
    [409, {}, 'stream-busy', /another|other/],
    [409, held, 'stream-busy', /still holds the last session/],
    [400, held, 'stream-busy', /still holds the last session/],
    [403, held, 'stream-busy', /still holds the last session/],
    [415, {}, 'negotiation-failed', /status 415/],
    [418, {}, 'negotiation-failed', /status 418/],
    [422, {}, 'negotiation-failed', /status 422/],
    [429, {}, 'handshake-refused', /status 429/],
    [500, {}, 'handshake-refused', /status 500/],
    [501, {}, 'handshake-refused', /status 501/],
    [503, {}, 'handshake-refused', /status 503/],
    [599, {}, 'handshake-refused', /status 599/],
  ] as const)('with status %s, knowing %o, is %s', async (status, hints, code, words) => {
    server.behave('POST', () => new Response(status === 204 ? null : '', { status }));
    const error = await failure({ hints });
    expect(error).toMatchObject({ code, message: expect.stringMatching(words), retryAfterMs: 0 });
    expect(sent('POST')).toHaveLength(1);
    expect(sent('DELETE')).toEqual([]);
  });

  it.each([
    ['seconds', { 'retry-after': '7' }, 7_000],
    [
      'a date',
      { 'retry-after': 'Wed, 01 Jan 2025 00:00:30 GMT', date: 'Wed, 01 Jan 2025 00:00:00 GMT' },
      30_000,
    ],
    ['far too long', { 'retry-after': '99999999' }, 3_600_000],
    ['nonsense', { 'retry-after': 'soon' }, 0],
  ] as const)('may ask for time, as %s', async (_, headers, retryAfterMs) => {
    server.behave('POST', refused(503, '', headers));
    const error = await failure();
    expect(error.retryAfterMs).toBe(retryAfterMs);
    if (retryAfterMs > 0) expect(error.message).toContain(`asks to wait ${retryAfterMs / 1000} s`);
  });

  it('is told with the ordinary words of problem details, and no others', async () => {
    const problem = {
      type: 'https://whip.example/problems/limit',
      title: 'Too many streams',
      detail: `The limit of the project is reached for ${KEY}`,
    };
    const headers = { 'content-type': 'application/problem+json' };
    server.behave('POST', refused(403, JSON.stringify(problem), headers));
    expect(await failure()).toMatchObject({
      message: expect.stringContaining(
        '“Too many streams. The limit of the project is reached for [redacted]”',
      ),
    });
  });

  it.each([
    [
      'a line of text',
      { 'content-type': 'text/plain' },
      'Stream is already exist',
      /“Stream is already exist”/,
    ],
    ['a page', { 'content-type': 'text/html' }, '<p>not found</p>', /^[^“]*$/],
    ['broken JSON', { 'content-type': 'application/problem+json' }, '{"title"', /^[^“]*$/],
    ['JSON that is no object', { 'content-type': 'application/json' }, '[1]', /^[^“]*$/],
    ['a title that is no text', { 'content-type': 'application/json' }, '{"title":7}', /^[^“]*$/],
    [
      'a signature',
      { 'content-type': 'text/plain' },
      `Signature value is invalid(expected : ${TOKEN})`,
      /^.*$/,
    ],
  ] as const)('is told of as far as it is words: %s', async (_, headers, body, words) => {
    server.behave('POST', refused(409, body, headers));
    expect((await failure({ hints: { authToken: TOKEN } })).message).toMatch(words);
  });

  it('is told for what it is where the address has expired', async () => {
    const policy = btoa(JSON.stringify({ url_expire: 1_000 }));
    const serverUrl = `https://whip.example/app/${KEY}?direction=whip&policy=${policy}&signature=x`;
    server.behave('POST', refused(401));
    expect(await failure({ serverUrl })).toMatchObject({ code: 'address-expired' });
  });
});

describe('an offer that gets no answer', () => {
  it('is given up after ten seconds, and ended if it was taken after all', async () => {
    server.behave('POST', NEVER_ANSWERS);
    const error = await failure();
    expect(error).toMatchObject({ code: 'timeout', message: expect.stringMatching(/within 10 s/) });
  });

  it('is explained where the browser keeps the answer from the page', async () => {
    server.behave('POST', KEPT_FROM_PAGE);
    expect(await failure()).toMatchObject({
      code: 'handshake-refused',
      message: expect.stringMatching(/CORS/),
    });
  });

  it('is explained where nobody is there', async () => {
    isThere = false;
    expect(await failure()).toMatchObject({
      code: 'unreachable',
      message: expect.stringMatching(/could not be reached.*certificate/),
    });
  });

  it('is explained where a page on https asks over http', async () => {
    vi.stubGlobal('location', { protocol: 'https:' });
    server.behave('POST', KEPT_FROM_PAGE);
    expect(await failure({ serverUrl: `http://whip.example/${KEY}` })).toMatchObject({
      code: 'invalid-options',
      message: expect.stringMatching(/https:\/\//),
    });
  });
});
