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

  it('reads every figure of a picture and a sound, whatever their order', () => {
    const sound = (timestamp: number, more: object) => ({
      id: 'OT2',
      type: 'outbound-rtp',
      kind: 'audio',
      codecId: 'C2',
      timestamp,
      ...more,
    });
    const source = (kind: string, more: object) => ({
      id: `S-${kind}`,
      type: 'media-source',
      kind,
      ...more,
    });
    const before = report(
      sound(1_000, { bytesSent: 0, packetsSent: 0, retransmittedPacketsSent: 0 }),
      outbound(1_000, 0, {
        packetsSent: 0,
        retransmittedPacketsSent: 3,
        framesEncoded: 0,
        totalEncodeTime: 0,
        keyFramesEncoded: 1,
        qualityLimitationDurations: { none: 0, cpu: 0, bandwidth: 0, other: 0 },
      }),
      source('audio', { totalAudioEnergy: 0, totalSamplesDuration: 0 }),
      source('video', { frames: 0 }),
    );
    const after = report(
      sound(3_000, { bytesSent: 8_000, packetsSent: 100, retransmittedPacketsSent: 1 }),
      outbound(3_000, 250_000, {
        packetsSent: 300,
        retransmittedPacketsSent: 7,
        targetBitrate: 1_200_000,
        frameWidth: 640,
        frameHeight: 360,
        framesEncoded: 50,
        framesPerSecond: 99,
        totalEncodeTime: 0.5,
        keyFramesEncoded: 3,
        powerEfficientEncoder: true,
        qualityLimitationReason: 'bandwidth',
        qualityLimitationDurations: { none: 1, cpu: 0.5, bandwidth: 0.25, other: 0.25 },
      }),
      source('audio', { totalAudioEnergy: 0.5, totalSamplesDuration: 2, audioLevel: 0.9 }),
      source('video', { frames: 60, framesPerSecond: 99 }),
      { id: 'C1', type: 'codec', mimeType: 'video/VP8' },
      { id: 'C2', type: 'codec', mimeType: 'audio/opus' },
      { id: 'T1', type: 'transport', selectedCandidatePairId: 'P1' },
      {
        id: 'P1',
        type: 'candidate-pair',
        currentRoundTripTime: 0.05,
        lastPacketReceivedTimestamp: 2_900,
        localCandidateId: 'L1',
      },
      { id: 'L1', type: 'local-candidate', candidateType: 'host', protocol: 'tcp' },
      { id: 'R1', type: 'remote-inbound-rtp', localId: 'OT1', fractionLost: 0.1, jitter: 0.02 },
      { id: 'R2', type: 'remote-inbound-rtp', localId: 'OT2', fractionLost: 0.5, jitter: 0.01 },
    );
    expect(sampleStats(before, after)).toEqual({
      at: 3_000,
      intervalMs: 2_000,
      sentBitsPerSecond: 1_032_000,
      videoBitsPerSecond: 1_000_000,
      audioBitsPerSecond: 32_000,
      targetBitsPerSecond: 1_200_000,
      frameWidth: 640,
      frameHeight: 360,
      framesPerSecond: 25,
      sourceFramesPerSecond: 30,
      encodeMsPerFrame: 10,
      isHardwareEncoder: true,
      keyFrames: 2,
      limitation: 'bandwidth',
      limitedShare: 0.5,
      cpuLimitedShare: 0.25,
      roundTripMs: 50,
      lossShare: 0.2,
      jitterMs: 20,
      retransmittedPackets: 5,
      videoCodec: 'VP8',
      audioCodec: 'opus',
      path: 'tcp',
      silentMs: 100,
      audioLevel: 0.5,
    });
  });

  it('leaves repeats out of what was sent', () => {
    const before = report(outbound(1_000, 0, { retransmittedBytesSent: 0 }));
    const after = report(outbound(2_000, 100_000, { retransmittedBytesSent: 20_000 }));
    expect(sampleStats(before, after).videoBitsPerSecond).toBe(640_000);
    const repeatsAlone = report(outbound(2_000, 10_000, { retransmittedBytesSent: 20_000 }));
    expect(sampleStats(before, repeatsAlone).videoBitsPerSecond).toBe(0);
  });

  it('measures no interval from a report that holds no instant', () => {
    expect(sampleStats(report(), report(outbound(2_000, 1)))).toMatchObject({ at: 2_000 });
    expect(sampleStats(report(), report(outbound(2_000, 1))).intervalMs).toBeUndefined();
  });

  it('takes the largest of several layers for the picture, and adds up the targets of all', () => {
    const layers = (at: number, frames: number) =>
      [1280, 1920, 640, undefined].map((frameWidth, layer) => ({
        ...outbound(at, at, { framesEncoded: frames * layer, targetBitrate: 1_000, frameWidth }),
        id: `OT${layer}`,
      }));
    expect(sampleStats(report(...layers(1_000, 0)), report(...layers(2_000, 10)))).toMatchObject({
      frameWidth: 1920,
      framesPerSecond: 10,
      targetBitsPerSecond: 4_000,
    });
  });

  it('takes the target of a browser that says it by what its frames were meant to weigh', () => {
    const meant = (at: number, totalEncodedBytesTarget: number) =>
      report(outbound(at, 0, { totalEncodedBytesTarget }));
    const { targetBitsPerSecond } = sampleStats(meant(1_000, 500), meant(3_000, 10_500));
    expect(targetBitsPerSecond).toBe(40_000);
  });

  it("takes the browser's own rate of frames where it does not count them", () => {
    const camera = { id: 'S', type: 'media-source', kind: 'video', framesPerSecond: 24 };
    const after = report(outbound(2_000, 0, { framesPerSecond: 23 }), camera);
    expect(sampleStats(report(outbound(1_000, 0)), after)).toMatchObject({
      framesPerSecond: 23,
      sourceFramesPerSecond: 24,
    });
  });

  it.each([
    ['a size of nothing', { frameWidth: 0, frameHeight: 0 }],
    ['an encoder that is neither in hardware nor not', { powerEfficientEncoder: 'yes' }],
    ['a limit of no known name', { qualityLimitationReason: 'heat' }],
    ['limits that are no record', { qualityLimitationDurations: 'cpu' }],
    ['limits that are nothing', { qualityLimitationDurations: null }],
    ['limits since none', { qualityLimitationDurations: { none: 1, cpu: 1 } }],
    ['a codec without a name', { codecId: 'nameless' }],
    ['a codec of one word', { codecId: 'word' }],
    ['a codec of half a name', { codecId: 'half' }],
    ['a codec that is not there', { codecId: 'gone' }],
  ])('knows nothing from %s', (_, more) => {
    const codecs = [
      { id: 'nameless', type: 'codec' },
      { id: 'word', type: 'codec', mimeType: 'H264' },
      { id: 'half', type: 'codec', mimeType: 'video/' },
    ];
    const after = report(outbound(0, 0, more), ...codecs);
    for (const before of [report(), after]) {
      const sample = sampleStats(before, after);
      const known = Object.entries(sample).filter(([, value]) => value !== undefined);
      expect(known).toEqual([['at', 0]]);
    }
  });

  it.each(['none', 'cpu', 'bandwidth', 'other'])('names the limit %s', (limitation) => {
    const after = report(outbound(0, 0, { qualityLimitationReason: limitation }));
    expect(sampleStats(report(), after).limitation).toBe(limitation);
  });

  it('tells an encoder in software from one in hardware', () => {
    const after = report(outbound(0, 0, { powerEfficientEncoder: false }));
    expect(sampleStats(report(), after).isHardwareEncoder).toBe(false);
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

  it('weighs losses alike where it is not known what was sent, and leaves out what says none', () => {
    const lost = (id: string, more: object) => ({ id, type: 'remote-inbound-rtp', ...more });
    const after = report(
      lost('R1', { fractionLost: 0.1 }),
      lost('R2', { fractionLost: 0.3, roundTripTime: 0.07 }),
      lost('R3', { roundTripTime: 0.02 }),
    );
    const { lossShare, roundTripMs } = sampleStats(report(), after);
    expect(lossShare).toBeCloseTo(0.2);
    // No pair says how long the way is, so the slowest report does.
    expect(roundTripMs).toBeCloseTo(70);
  });

  it('takes no share for more than the whole', () => {
    const after = report({ id: 'R', type: 'remote-inbound-rtp', fractionLost: 7 });
    expect(sampleStats(report(), after).lossShare).toBe(1);
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

  it.each([
    ['udp', 'udp'],
    ['tcp', 'tcp'],
    ['quic', undefined],
    [undefined, undefined],
  ])('calls a path of %s %s', (protocol, path) => {
    const after = report(
      { id: 'P', type: 'candidate-pair', selected: true, localCandidateId: 'L' },
      { id: 'L', type: 'local-candidate', candidateType: 'srflx', protocol },
    );
    expect(sampleStats(report(), after).path).toBe(path);
  });

  it('tells how loud a moment was where energy and duration are not counted', () => {
    const level = (more: object) =>
      sampleStats(report(), report({ id: 'S', type: 'media-source', kind: 'audio', ...more }))
        .audioLevel;
    expect(level({ audioLevel: 0.3 })).toBe(0.3);
    expect(level({ audioLevel: 3 })).toBe(1);
    expect(level({})).toBeUndefined();
  });

  it('is never louder than full scale', () => {
    const sound = (totalAudioEnergy: number, totalSamplesDuration: number) =>
      report({
        id: 'S',
        type: 'media-source',
        kind: 'audio',
        totalAudioEnergy,
        totalSamplesDuration,
      });
    expect(sampleStats(sound(0, 1), sound(9, 2)).audioLevel).toBe(1);
    expect(sampleStats(sound(0, 1), sound(9, 1)).audioLevel).toBeUndefined();
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
    // A browser that never received anything writes 0.
    const never = { lastPacketReceivedTimestamp: 0, bytesReceived: 0 };
    expect(silence(never, never)).toBe(1_000);
  });

  it('takes what came over any pair for received, and no instant without a clock', () => {
    const pair = (id: string, more: object) => ({ id, type: 'candidate-pair', ...more });
    const received = (bytes: readonly [number, number]) =>
      report(
        pair('P', { timestamp: bytes[0], bytesReceived: 5 }),
        pair('Q', {
          bytesReceived: bytes[1],
        }),
      );
    expect(sampleStats(received([1_000, 5]), received([2_000, 6])).silentMs).toBe(0);
    const lasts = [pair('P', { lastPacketReceivedTimestamp: 1_100 })];
    const clock = pair('Q', { lastPacketReceivedTimestamp: 1_600, timestamp: 2_000 });
    expect(sampleStats(report(), report(...lasts, clock)).silentMs).toBe(400);
    expect(sampleStats(report(), report(...lasts)).silentMs).toBeUndefined();
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
