import { describe, expect, it } from 'vitest';
import { spareCandidate } from './spare-candidate.js';

const udp = (port: number) => `candidate:1 1 UDP 50 192.0.2.7 ${port} typ host generation 0`;

describe('spareCandidate', () => {
  it('names another port of the same host, and leaves the section as it is', () => {
    const given = { candidate: udp(10_000), sdpMLineIndex: 0, sdpMid: 'video' };
    expect(spareCandidate([given], 2)).toEqual({ ...given, candidate: udp(10_002) });
  });

  it('stays within the ports that an ingest can have', () => {
    for (const port of [1, 1_023, 1_024, 65_534, 65_535]) {
      for (const offset of [1, 2, 64]) {
        const [spare] = /\d{4,5}(?= typ)/.exec(
          spareCandidate([{ candidate: udp(port) }], offset)?.candidate ?? '',
        ) ?? [''];
        expect(Number(spare)).toBeGreaterThanOrEqual(1_024);
        expect(Number(spare)).toBeLessThanOrEqual(65_535);
      }
    }
  });

  it('goes by the first UDP candidate', () => {
    const tcp = 'candidate:2 1 tcp 40 192.0.2.7 9 typ host tcptype passive';
    expect(spareCandidate([{ candidate: tcp }, { candidate: udp(5_000) }], 1)).toEqual({
      candidate: udp(5_001),
    });
  });

  it.each([
    ['none', []],
    ['an empty one', [{ candidate: '' }]],
    ['nonsense', [{ candidate: 'candidate:1 1 udp 50 192.0.2.7 port typ host' }, {}]],
    ['only TCP', [{ candidate: 'candidate:2 1 tcp 40 192.0.2.7 9 typ host' }]],
  ])('has nothing to go by with %s', (_, candidates) => {
    expect(spareCandidate(candidates, 1)).toBeNull();
  });
});
