import { describe, expect, it } from 'vitest';
import { createFaults, parseFault } from './faults.js';

describe('parseFault', () => {
  it('reads every kind', () => {
    const faults = [
      { kind: 'slow-offer', delayMs: 5 },
      { kind: 'no-offer' },
      { kind: 'not-found' },
      { kind: 'not-found', count: 2 },
      { kind: 'forbid-answer' },
      { kind: 'cut-socket' },
      { kind: 'drop-session' },
      { kind: 'cut-media' },
      { kind: 'cut-media', durationMs: 10, scope: 'path' },
      { kind: 'packet-loss', percent: 20 },
      { kind: 'packet-loss', percent: 0.5, durationMs: 10 },
      { kind: 'slow-uplink', kbps: 300 },
      { kind: 'slow-uplink', kbps: 300, durationMs: 150_000 },
      { kind: 'slow-uplink', kbps: 300, queueMs: 3_000 },
      { kind: 'no-rtcp' },
      { kind: 'never-connect' },
      { kind: 'no-dtls' },
      { kind: 'restart', downForMs: 0 },
      { kind: 'user-name-only' },
      { kind: 'username-only' },
      { kind: 'empty-ice-servers' },
      { kind: 'redirect' },
      { kind: 'redirect', status: 308, to: 'other' },
      { kind: 'refuse', status: 503, retryAfterSeconds: 2, count: 1, body: 'problem' },
      { kind: 'refuse', status: 405, method: 'PATCH', withoutCors: true },
      { kind: 'slow-patch', delayMs: 5 },
      { kind: 'odd-answer', location: 'relative', etag: 'quoted', status: 200, body: 'html' },
      { kind: 'odd-answer', contentType: '' },
    ];
    for (const fault of faults) expect(parseFault(fault)).toEqual(fault);
  });

  it.each([
    [null],
    ['slow-offer'],
    [{ kind: 'nonsense' }],
    [{ kind: 'slow-offer' }],
    [{ kind: 'slow-offer', delayMs: '5' }],
    [{ kind: 'slow-offer', delayMs: -1 }],
    [{ kind: 'slow-offer', delayMs: Number.NaN }],
    [{ kind: 'not-found', count: 0 }],
    [{ kind: 'cut-media', scope: 'world' }],
    [{ kind: 'restart', downForMs: 1e9 }],
    [{ kind: 'packet-loss' }],
    [{ kind: 'packet-loss', percent: 0 }],
    [{ kind: 'packet-loss', percent: 101 }],
    [{ kind: 'packet-loss', percent: '20' }],
    [{ kind: 'slow-uplink', kbps: Number.POSITIVE_INFINITY }],
    [{ kind: 'slow-uplink', kbps: -300 }],
    [{ kind: 'slow-uplink', kbps: 300, durationMs: -1 }],
    [{ kind: 'slow-uplink', kbps: 300, queueMs: '3000' }],
    [{ kind: 'redirect', status: 301 }],
    [{ kind: 'redirect', to: 'https://evil.example' }],
    [{ kind: 'refuse' }],
    [{ kind: 'refuse', status: 200 }],
    [{ kind: 'refuse', status: 503, method: 'GET' }],
    [{ kind: 'refuse', status: 503, retryAfterSeconds: 1e9 }],
    [{ kind: 'odd-answer', status: 404 }],
    [{ kind: 'odd-answer', contentType: 'text/html\r\nset-cookie: a=b' }],
    [{ kind: 'odd-answer', location: 'https://evil.example' }],
  ])('refuses %j', (value) => {
    expect(() => parseFault(value)).toThrow(TypeError);
  });
});

describe('faults in force', () => {
  it('prefer the stream over everything', () => {
    const faults = createFaults();
    faults.set({ kind: 'no-offer' });
    faults.set({ kind: 'no-dtls' }, 'a');
    expect([faults.get('a')?.kind, faults.get('b')?.kind]).toEqual(['no-dtls', 'no-offer']);
    faults.set(null, 'a');
    expect(faults.get('a')?.kind).toBe('no-offer');
  });

  it('count refusals down', () => {
    const faults = createFaults();
    faults.set({ kind: 'not-found', count: 2 }, 'a');
    const taken = [1, 2, 3].map(() => faults.takeNotFound('a'));
    expect(taken).toEqual([true, true, false]);
  });

  it('count refusals of one method of WHIP down, as they are', () => {
    const faults = createFaults();
    faults.set({ kind: 'refuse', status: 503, count: 2, method: 'PATCH' });
    const taken = (['POST', 'PATCH', 'PATCH', 'PATCH'] as const).map(
      (method) => faults.takeRefusal('a', method)?.status,
    );
    expect(taken).toEqual([undefined, 503, 503, undefined]);
  });
});
