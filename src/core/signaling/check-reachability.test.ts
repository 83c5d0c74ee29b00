import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { checkReachability, checksFirst } from './check-reachability.js';

const url = new URL('wss://live.example:3334/qlive/secret-key?direction=send');
const ask = (signal = new AbortController().signal, of = url) =>
  checkReachability(of, { ms: 5_000, signal });

const page = new EventTarget();
const fetched = vi.fn<typeof fetch>();
const fails = () => Promise.reject(new TypeError('Failed to fetch'));

function violate(blockedURI: string, disposition = 'enforce'): void {
  const event = new Event('securitypolicyviolation');
  page.dispatchEvent(Object.assign(event, { blockedURI, disposition }));
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('fetch', fetched.mockReset());
  vi.stubGlobal('document', page);
});

afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('checkReachability', () => {
  it('is content with any answer, and tells nobody the key', async () => {
    fetched.mockResolvedValue(Response.error());
    await ask();
    expect(fetched.mock.calls[0]?.[0]).toBe('https://live.example:3334/');
    expect(fetched.mock.calls[0]?.[1]).toMatchObject({ credentials: 'omit', mode: 'no-cors' });
  });

  it('says so when nothing answers', async () => {
    fetched.mockImplementation(fails);
    const asked = expect(ask()).rejects.toThrow('No answer');
    await vi.advanceTimersByTimeAsync(200);
    await asked;
  });

  it('says so when the answer is too late', async () => {
    fetched.mockReturnValue(new Promise(() => {}));
    const asked = expect(ask()).rejects.toThrow('No answer');
    await vi.advanceTimersByTimeAsync(5_000);
    await asked;
  });

  it('leaves it to the socket where the policy of the page forbids the request', async () => {
    fetched.mockImplementation(fails);
    const strict = new URL('wss://strict.example/qlive/secret-key');
    const asked = ask(undefined, strict);
    await vi.advanceTimersByTimeAsync(10);
    violate('https://strict.example/');
    await expect(asked).resolves.toBe('forbidden');
    // The console complains once.
    await expect(ask(undefined, strict)).resolves.toBe('forbidden');
    expect(fetched).toHaveBeenCalledTimes(1);
  });

  it('does not mind what else the policy forbids', async () => {
    fetched.mockImplementation(fails);
    const asked = expect(ask()).rejects.toThrow('No answer');
    violate('inline');
    violate('https://other.example/');
    violate('https://live.example:33341/');
    violate('wss://live.example:3334/qlive/secret-key');
    violate('https://live.example:3334/', 'report');
    await vi.advanceTimersByTimeAsync(200);
    await asked;
  });

  it('works where there is no document', async () => {
    vi.stubGlobal('document', undefined);
    fetched.mockImplementation(fails);
    const asked = expect(ask()).rejects.toThrow('No answer');
    await vi.advanceTimersByTimeAsync(200);
    await asked;
  });

  it('ends with its signal', async () => {
    fetched.mockReturnValue(new Promise(() => {}));
    const controller = new AbortController();
    const asked = ask(controller.signal);
    controller.abort(new Error('stopped'));
    await expect(asked).rejects.toThrow('stopped');
  });
});

describe('behind a service worker', () => {
  const control = () => vi.stubGlobal('navigator', { serviceWorker: { controller: {} } });

  it('takes no answer of the worker for one of the host', async () => {
    control();
    // As a worker makes one up, or has one of the page's own kept for want of a network.
    fetched.mockResolvedValue(new Response('You are offline.'));
    await expect(ask()).resolves.toBe('forbidden');
    fetched.mockResolvedValue(Object.defineProperty(new Response(), 'type', { value: 'opaque' }));
    await expect(ask()).resolves.toBe('answered');
  });
});

it('goes first from the sixth attempt on, but for a few', () => {
  const attempts = Array.from({ length: 70 }, (_, index) => index + 1);
  const straight = attempts.filter((attempt) => !checksFirst(attempt));
  expect(straight).toEqual([1, 2, 3, 4, 5, 16, 32, 48, 64]);
});
