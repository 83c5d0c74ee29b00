import { describe, expect, it } from 'vitest';
import { sampleStats } from './sample.js';

const report = (...entries: readonly (Record<string, unknown> & { readonly id: string })[]) =>
  new Map(entries.map((entry) => [entry.id, entry])) as unknown as RTCStatsReport;

const outbound = (timestamp: number, bytesSent: unknown, more: object = {}) => ({
  id: 'OT1',
  type: 'outbound-rtp',
  kind: 'video',
  codecId: 'C1',
  timestamp,
  bytesSent,
  ...more,
});

describe('sampleStats', () => {
  it('derives one second of sending', () => {
    const after = report(
      outbound(2_000, 350_000, { frameWidth: 1280, frameHeight: 720, framesPerSecond: 30 }),
      { id: 'C1', type: 'codec', mimeType: 'video/H264' },
      { id: 'T1', type: 'transport', selectedCandidatePairId: 'P1' },
      { id: 'P0', type: 'candidate-pair', currentRoundTripTime: 9 },
      { id: 'P1', type: 'candidate-pair', currentRoundTripTime: 0.041, localCandidateId: 'L1' },
      { id: 'L1', type: 'local-candidate', candidateType: 'host', protocol: 'udp' },
      { id: 'R1', type: 'remote-inbound-rtp', fractionLost: 0.02 },
    );
    expect(sampleStats(report(outbound(1_000, 50_000)), after)).toEqual({
      at: 2_000,
      sentKbps: 2_400,
      frameWidth: 1280,
      frameHeight: 720,
      framesPerSecond: 30,
      videoCodec: 'H264',
      roundTripMs: 41,
      lossRatio: 0.02,
      path: 'udp',
    });
  });

  it('says null of what it does not know', () => {
    expect(sampleStats(report(), report())).toMatchObject({
      sentKbps: null,
      frameWidth: null,
      roundTripMs: null,
      lossRatio: null,
      path: null,
    });
  });

  it.each([
    ['goes back', 100, 50],
    ['is missing', 100, undefined],
    ['is no number', 100, Number.NaN],
  ])('makes no rate of a counter that %s', (_, from, to) => {
    expect(sampleStats(report(outbound(1, from)), report(outbound(2, to))).sentKbps).toBeNull();
  });

  it('makes no rate while the clock stands still or goes back', () => {
    expect(sampleStats(report(outbound(5, 1)), report(outbound(5, 9))).sentKbps).toBeNull();
    expect(sampleStats(report(outbound(5, 1)), report(outbound(4, 9))).sentKbps).toBeNull();
  });

  it('finds the selected pair of a browser that marks the pair itself', () => {
    const after = report(
      { id: 'P', type: 'candidate-pair', selected: true, localCandidateId: 'L' },
      { id: 'L', type: 'local-candidate', candidateType: 'relay', protocol: 'udp' },
    );
    expect(sampleStats(report(), after).path).toBe('relay');
  });
});
