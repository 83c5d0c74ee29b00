import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { installFakeWebSocket, SILENT } from '../../testing/fake-web-socket.js';
import { explainAway } from './explain-away.js';
import { openOmeSocket } from './ome-socket.js';

const address = (scheme: 'ws' | 'wss') =>
  new URL(`${scheme}://user:secret-word@live.example:3334/qlive/secret-key?policy=secret-policy`);

/** Answers requests of these schemes, and refuses all others. */
function answerTo(...schemes: readonly string[]) {
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (target: string) => {
    asked.push(target);
    if (!schemes.some((scheme) => target.startsWith(`${scheme}:`))) throw new TypeError('no');
    return Response.error();
  });
  return asked;
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('explainAway', () => {
  const cases: readonly [
    of: 'ws' | 'wss',
    answers: readonly string[],
    code: string,
    says: RegExp,
  ][] = [
    ['wss', [], 'unreachable', /certificate/],
    ['wss', ['https'], 'handshake-refused', /refused the connection/],
    ['wss', ['https', 'http'], 'handshake-refused', /refused the connection/],
    ['wss', ['http'], 'handshake-refused', /does not trust its certificate/],
    ['ws', [], 'unreachable', /could not be reached/],
    ['ws', ['http'], 'handshake-refused', /refused the connection/],
    ['ws', ['https'], 'invalid-options', /begin with wss/],
    ['ws', ['http', 'https'], 'invalid-options', /begin with wss/],
  ];
  it.each(cases)('of %s with answers over %j is %s', async (scheme, answers, code, says) => {
    const asked = answerTo(...answers);
    const told = explainAway(address(scheme), new AbortController().signal);
    await vi.advanceTimersByTimeAsync(500);
    const error = await told;
    expect(error.code).toBe(code);
    expect(error.message).toMatch(says);
    expect([error.message, ...asked].join()).not.toContain('secret');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('asks nothing over http from a page on https', async () => {
    vi.stubGlobal('location', { protocol: 'https:' });
    const asked = answerTo('http', 'https');
    const told = explainAway(address('wss'), new AbortController().signal);
    await vi.advanceTimersByTimeAsync(200);
    expect((await told).code).toBe('handshake-refused');
    expect(asked).toEqual(['https://live.example:3334/']);
  });

  it('waits no longer than three seconds for each, and for nothing once nobody waits', async () => {
    vi.stubGlobal('fetch', () => new Promise(() => {}));
    const told = explainAway(address('wss'), new AbortController().signal);
    await vi.advanceTimersByTimeAsync(6_000);
    expect((await told).code).toBe('unreachable');
    const controller = new AbortController();
    const given = explainAway(address('wss'), controller.signal);
    controller.abort();
    await given;
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a socket that the page may not open', () => {
  const page = new EventTarget();
  const opened = () => openOmeSocket(address('wss'), 10_000, new AbortController().signal);
  let restore = () => {};
  beforeEach(() => vi.stubGlobal('document', page));
  afterEach(() => restore());

  const throwing = (name: string) =>
    class {
      constructor(url: string | URL) {
        throw new DOMException(`Refused to connect to ${url}`, name);
      }
    };

  it('is told at once, when the policy says so before or after it closes', async () => {
    const fake = installFakeWebSocket(SILENT, { opens: false });
    restore = fake.restore;
    const violate = (blockedURI: string, disposition = 'enforce') =>
      page.dispatchEvent(
        Object.assign(new Event('securitypolicyviolation'), { blockedURI, disposition }),
      );
    const first = opened();
    const refused = expect(first).rejects.toMatchObject({ code: 'blocked-by-content-policy' });
    violate('wss://other.example/', 'enforce');
    violate('wss://live.example:3334/qlive/secret-key', 'report');
    await vi.advanceTimersByTimeAsync(10);
    violate('wss://live.example:3334/qlive/secret-key');
    await vi.advanceTimersByTimeAsync(0);
    fake.sockets[0]?.close();
    await vi.advanceTimersByTimeAsync(1_000);
    await refused;
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([
    ['https:', 'ws', 'invalid-options'],
    ['https:', 'wss', 'blocked-by-content-policy'],
    ['http:', 'ws', 'blocked-by-content-policy'],
  ] as const)('is told on %s of %s: %s', async (protocol, scheme, code) => {
    vi.stubGlobal('location', { protocol });
    vi.stubGlobal('WebSocket', throwing('SecurityError'));
    const thrown = await openOmeSocket(address(scheme), 1, new AbortController().signal).catch(
      (error: Error) => error,
    );
    expect(thrown).toMatchObject({ code });
    expect(String(thrown) + String((thrown as Error).cause)).not.toContain('secret');
  });

  it('is told where there are none', async () => {
    vi.stubGlobal('WebSocket', undefined);
    await expect(opened()).rejects.toMatchObject({ code: 'unsupported' });
  });
});
