import { describe, expect, it } from 'vitest';
import type { Renew } from './connection/renew-stream.js';
import { parseRenewedStream } from './parse-options.js';
import { createRenewal } from './renewal.js';

describe('a renewal', () => {
  const options = { serverUrl: 'wss://old/a/s', startedAt: 1, maxVideoKbps: 900 };
  const stream = { serverUrl: 'wss://new/a/s', streamKey: 'k' };

  const { signal } = new AbortController();
  const asking = (renew: Renew | null, now = 0) =>
    ({ settings: { renew, clockOffsetMs: 500 }, now, options: () => options }) as const;

  it('stands in place of what the options name, until they name another stream', async () => {
    const renewal = createRenewal();
    expect(renewal.apply(options)).toBe(options);
    await renewal.ask(
      asking(async () => stream),
      signal,
    );
    expect(renewal.apply({ ...options, maxVideoKbps: 500 })).toEqual({
      serverUrl: 'wss://new/a/s',
      streamKey: 'k',
      startedAt: undefined,
      maxVideoKbps: 500,
    });
    const other = { ...options, serverUrl: 'wss://other/a/s' };
    expect(renewal.apply(other)).toBe(other);
    expect(renewal.apply(options)).toBe(options);
  });

  it('replaces what the options name once the app has answered', async () => {
    const renewal = createRenewal();
    let given = options;
    const renew = async () => {
      given = { ...options, serverUrl: 'wss://meanwhile/a/s' };
      return stream;
    };
    await renewal.ask({ ...asking(renew), options: () => given }, signal);
    expect(renewal.apply(options)).toBe(options);
    await renewal.ask({ ...asking(renew), options: () => given }, signal);
    expect(renewal.apply(given)).toMatchObject(stream);
  });

  it('takes no stream for older than its question, on the clock of the server', async () => {
    const renewal = createRenewal();
    await renewal.ask(
      asking(async () => ({ ...stream, startedAt: 1 }), 1_000),
      signal,
    );
    expect(renewal.apply(options)).toMatchObject({ startedAt: 1_500 });
  });

  it('fails where the app gives no function for it, and leaves the options alone', async () => {
    const renewal = createRenewal();
    await expect(renewal.ask(asking(null), signal)).rejects.toMatchObject({
      code: 'renewal-failed',
    });
    expect(renewal.apply(options)).toBe(options);
  });
});

describe('parseRenewedStream', () => {
  it('takes what the options of these names take', () => {
    expect(
      parseRenewedStream(
        {
          serverUrl: 'wss://h/a',
          streamKey: 'k',
          startedAt: '1970-01-01T00:00:01Z',
          more: 1,
        },
        500,
      ),
    ).toEqual({ serverUrl: 'wss://h/a', streamKey: 'k', startedAt: 1_000 });
    expect(parseRenewedStream({ serverUrl: 'wss://h/a/k', startedAt: 'soon' }, 500)).toEqual({
      serverUrl: 'wss://h/a/k',
    });
  });

  it('takes no stream for older than the moment it was requested', () => {
    const { startedAt } = parseRenewedStream({ serverUrl: 'wss://h/a/k', startedAt: 400 }, 500);
    expect(startedAt).toBe(500);
  });

  it.each([
    [undefined],
    [null],
    ['wss://h/a/secret-key'],
    [{}],
    [{ serverUrl: 7 }],
    [{ serverUrl: '' }],
    [{ serverUrl: 'secret-key' }],
    [{ serverUrl: 'ftp://h/a/secret-key' }],
    [{ serverUrl: 'wss://h/', streamKey: {} }],
  ])('says what is wrong with %o, and repeats no key', (value) => {
    expect(() => parseRenewedStream(value, 500)).toThrow(
      expect.objectContaining({
        code: 'renewal-failed',
        message: expect.not.stringContaining('secret-key'),
      }),
    );
  });
});
