import fc from 'fast-check';
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
    expect(sampleStats(report(outbound(1_000, 50_000)), after)).toMatchObject({
      at: 2_000,
      intervalMs: 1_000,
      sentBitsPerSecond: 2_400_000,
      videoBitsPerSecond: 2_400_000,
      frameWidth: 1280,
      frameHeight: 720,
      framesPerSecond: 30,
      videoCodec: 'H264',
      roundTripMs: 41,
      lossShare: 0.02,
      path: 'udp',
    });
  });

  it('leaves repeats out of what was sent', () => {
    const before = report(outbound(1_000, 0, { retransmittedBytesSent: 0 }));
    const after = report(outbound(2_000, 100_000, { retransmittedBytesSent: 20_000 }));
    expect(sampleStats(before, after).videoBitsPerSecond).toBe(640_000);
  });

  it('weighs the loss of picture and sound by what they sent', () => {
    const sent = (at: number, picture: number, sound: number) => [
      outbound(at, 0, { packetsSent: picture }),
      { id: 'OT2', type: 'outbound-rtp', kind: 'audio', timestamp: at, packetsSent: sound },
    ];
    const after = report(
      ...sent(2_000, 290, 110),
      { id: 'R1', type: 'remote-inbound-rtp', localId: 'OT1', fractionLost: 0.01 },
      { id: 'R2', type: 'remote-inbound-rtp', localId: 'OT2', fractionLost: 0.2 },
    );
    const { lossShare } = sampleStats(report(...sent(1_000, 100, 100)), after);
    expect(lossShare).toBeCloseTo((0.01 * 190 + 0.2 * 10) / 200);
  });

  it('says nothing of what it does not know', () => {
    const { at, ...rest } = sampleStats(report(), report());
    expect(at).toBe(0);
    expect(Object.values(rest).filter((value) => value !== undefined)).toEqual([]);
  });

  it.each([
    ['goes back', 100, 50],
    ['is missing', 100, undefined],
    ['is no number', 100, Number.NaN],
  ])('makes no rate of a counter that %s', (_, from, to) => {
    expect(
      sampleStats(report(outbound(1, from)), report(outbound(2, to))).sentBitsPerSecond,
    ).toBeUndefined();
  });

  it('makes no rate while the clock stands still or goes back', () => {
    for (const at of [5, 4]) {
      const { sentBitsPerSecond, intervalMs } = sampleStats(
        report(outbound(5, 1)),
        report(outbound(at, 9)),
      );
      expect(sentBitsPerSecond).toBeUndefined();
      expect(intervalMs).toBeUndefined();
    }
  });

  it('finds the selected pair of a browser that marks the pair itself', () => {
    const after = report(
      { id: 'P', type: 'candidate-pair', selected: true, localCandidateId: 'L' },
      { id: 'L', type: 'local-candidate', candidateType: 'relay', protocol: 'udp' },
    );
    expect(sampleStats(report(), after).path).toBe('relay');
  });

  it('derives the time of a frame, the share of a limit and the loudness from what grew', () => {
    const more = (frames: number, cpu: number) => ({
      framesEncoded: frames,
      totalEncodeTime: frames / 100,
      keyFramesEncoded: 2,
      qualityLimitationReason: 'cpu',
      qualityLimitationDurations: { none: 4, cpu, bandwidth: 0, other: 0 },
    });
    const sound = (energy: number, seconds: number) => ({
      id: 'S',
      type: 'media-source',
      kind: 'audio',
      totalAudioEnergy: energy,
      totalSamplesDuration: seconds,
    });
    const before = report(outbound(1_000, 0, more(10, 1)), sound(1, 5));
    const after = report(outbound(2_000, 0, more(35, 2)), sound(1.25, 6));
    expect(sampleStats(before, after)).toMatchObject({
      framesPerSecond: 25,
      encodeMsPerFrame: expect.closeTo(10),
      keyFrames: 0,
      limitation: 'cpu',
      limitedShare: 1,
      cpuLimitedShare: 1,
      audioLevel: 0.5,
    });
  });

  it('tells how long nothing was received, or at least how long', () => {
    const pair = (timestamp: number, more: object) => ({
      id: 'P',
      type: 'candidate-pair',
      timestamp,
      ...more,
    });
    const silence = (older: object, newer: object) =>
      sampleStats(report(pair(1_000, older)), report(pair(2_000, newer))).silentMs;
    expect(silence({}, { lastPacketReceivedTimestamp: 1_700 })).toBe(300);
    expect(silence({}, { lastPacketReceivedTimestamp: 2_100 })).toBe(0);
    expect(silence({ bytesReceived: 5 }, { bytesReceived: 5 })).toBe(1_000);
    expect(silence({ bytesReceived: 5 }, { bytesReceived: 6 })).toBe(0);
    expect(silence({ bytesReceived: 5 }, {})).toBeUndefined();
  });

  it('makes neither NaN nor an exception of any report', () => {
    const value = fc.oneof(
      fc.double(),
      fc.string(),
      fc.constantFrom(null, undefined, true, Number.NaN, -1, 0),
      fc.dictionary(fc.constantFrom('cpu', 'none', 'other', 'bandwidth'), fc.double()),
    );
    const entry = fc
      .record({
        id: fc.constantFrom('A', 'B', 'C'),
        type: fc.constantFrom(
          'outbound-rtp',
          'remote-inbound-rtp',
          'candidate-pair',
          'local-candidate',
          'transport',
          'media-source',
          'codec',
        ),
        kind: fc.constantFrom('audio', 'video', undefined),
        fields: fc.dictionary(fc.constantFrom(...FIELDS), value),
      })
      .map(({ fields, ...rest }) => ({ ...fields, ...rest }));
    const reports = fc.array(entry, { maxLength: 8 });
    fc.assert(
      fc.property(reports, reports, (before, after) => {
        for (const figure of Object.values(sampleStats(report(...before), report(...after)))) {
          if (typeof figure !== 'number') continue;
          expect(figure).toSatisfy(Number.isFinite);
          expect(figure).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });
});

const FIELDS = [
  'timestamp',
  'bytesSent',
  'retransmittedBytesSent',
  'packetsSent',
  'localId',
  'framesEncoded',
  'framesPerSecond',
  'totalEncodeTime',
  'targetBitrate',
  'totalEncodedBytesTarget',
  'powerEfficientEncoder',
  'frameWidth',
  'fractionLost',
  'jitter',
  'currentRoundTripTime',
  'lastPacketReceivedTimestamp',
  'selectedCandidatePairId',
  'localCandidateId',
  'codecId',
  'mimeType',
  'qualityLimitationReason',
  'qualityLimitationDurations',
  'totalAudioEnergy',
  'totalSamplesDuration',
  'audioLevel',
  'frames',
] as const;
