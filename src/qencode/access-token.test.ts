import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createAccessToken, tokenEnd } from './access-token.js';

const HOUR_MS = 3600 * 1000;
const receivedAt = 1_800_000_000_000;

function jwt(claims: unknown): string {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${encode({ alg: 'HS256' })}.${encode(claims)}.c2ln`;
}

describe('tokenEnd', () => {
  it('is 24 hours after receipt, less a margin, for a token that says nothing', () => {
    for (const token of ['opaque', 'a.b.c', jwt({}), jwt(null), jwt({ exp: 'tomorrow' })]) {
      expect(tokenEnd(token, receivedAt)).toBe(receivedAt + 24 * HOUR_MS - 5 * 60_000);
    }
  });

  it('is what a JWT says, less a margin', () => {
    const exp = receivedAt / 1000 + 3600;
    expect(tokenEnd(jwt({ exp }), receivedAt)).toBe(receivedAt + HOUR_MS - 5 * 60_000);
    const short = jwt({ exp: receivedAt / 1000 + 600 });
    expect(tokenEnd(short, receivedAt)).toBe(receivedAt + 540_000);
  });

  it('counts from receipt where the token says how long it lives, whatever the clocks say', () => {
    const yesterday = receivedAt / 1000 - 24 * 3600;
    const token = jwt({ iat: yesterday, exp: yesterday + 3600 });
    expect(tokenEnd(token, receivedAt)).toBe(receivedAt + HOUR_MS - 5 * 60_000);
  });

  it('gives a token that seems over one minute', () => {
    expect(tokenEnd(jwt({ exp: 1 }), receivedAt)).toBe(receivedAt + 60_000);
  });
});

describe('the access token', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: receivedAt, toFake: ['Date'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const counting = () => {
    let count = 0;
    const request = vi.fn(async () => {
      count += 1;
      return `token-${count}`;
    });
    return { request, access: createAccessToken(request) };
  };

  it('is requested once and kept until shortly before its end', async () => {
    const { request, access } = counting();
    expect(await access.get()).toBe('token-1');
    vi.setSystemTime(receivedAt + 24 * HOUR_MS - 5 * 60_000 - 1);
    expect(await access.get()).toBe('token-1');
    vi.setSystemTime(receivedAt + 24 * HOUR_MS - 5 * 60_000);
    expect(await access.get()).toBe('token-2');
    expect(request).toHaveBeenCalledTimes(2);
  });

  it('is requested once by all who need it at the same time', async () => {
    const { request, access } = counting();
    expect(await Promise.all([access.get(), access.get(), access.get()])).toEqual([
      'token-1',
      'token-1',
      'token-1',
    ]);
    expect(request).toHaveBeenCalledTimes(1);
  });

  it('is only dropped if it is still the one', async () => {
    const { access } = counting();
    await access.get();
    access.drop('token-1');
    expect(await access.get()).toBe('token-2');
    access.drop('token-1');
    expect(await access.get()).toBe('token-2');
  });

  it('goes on for the others when one who asked leaves, and ends with the last', async () => {
    const signals: AbortSignal[] = [];
    const answers: ((token: string) => void)[] = [];
    const access = createAccessToken((signal) => {
      signals.push(signal);
      return new Promise((resolve, reject) => {
        answers.push(resolve);
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    });
    const first = new AbortController();
    const second = new AbortController();
    const gone = access.get(first.signal);
    const stays = access.get(second.signal);
    first.abort(new Error('left'));
    await expect(gone).rejects.toThrow('left');
    expect(signals[0]?.aborted).toBe(false);
    answers[0]?.('token-1');
    expect(await stays).toBe('token-1');

    access.drop('token-1');
    const third = new AbortController();
    const alone = access.get(third.signal);
    third.abort(new Error('left too'));
    await expect(alone).rejects.toThrow('left too');
    expect(signals[1]?.aborted).toBe(true);
    const again = access.get();
    answers[2]?.('token-3');
    expect(await again).toBe('token-3');
  });

  it('is requested again after a failure', async () => {
    const request = vi.fn().mockRejectedValueOnce(new Error('down')).mockResolvedValue('token');
    const access = createAccessToken(request);
    await expect(access.get()).rejects.toThrow('down');
    expect(await access.get()).toBe('token');
  });
});
