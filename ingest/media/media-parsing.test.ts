import { describe, expect, it } from 'vitest';
import { createForwarder } from '../playback/forwarder.js';
import { VIDEO_CODECS } from './codecs.js';
import { createFrameAssembler } from './frame-assembler.js';
import { h264AccessUnit, h264Size, h264Start, isH264Entry } from './h264.js';
import { createDuplicateFilter, type MediaPacket, sequenceDistance } from './media-packet.js';
import { createOutputGate } from './output-gate.js';
import { vp8Frame, vp8KeyFrame } from './vp8.js';

/** Sequence parameter sets that x264 wrote, the second with cropping. */
const SPS_720 = Buffer.from('6742c01fd9005005bb011000000300100000030320f1832480', 'hex');
const SPS_1080 = Buffer.from('6742c028d900780227e5c044000003000400000300c83c60c920', 'hex');
const PPS = Buffer.from('68cb83cb20', 'hex');
const IDR = Buffer.from('65b80004', 'hex');

function packet(over: Partial<MediaPacket> = {}): MediaPacket {
  return {
    kind: 'video',
    ssrc: 1,
    payloadType: VIDEO_CODECS.VP8.payloadType,
    sequenceNumber: 0,
    timestamp: 0,
    marker: true,
    payload: Buffer.from([0x10, 1]),
    ...over,
  };
}

function vp8Key(width: number, height: number): Buffer {
  const frame = Buffer.from([0x10, 0x00, 0, 0, 0x9d, 0x01, 0x2a, 0, 0, 0, 0, 9, 9]);
  frame.writeUInt16LE(width, 7);
  frame.writeUInt16LE(height, 9);
  return frame;
}

function stapA(...units: readonly Buffer[]): Buffer {
  const parts = units.flatMap((unit) => {
    const size = Buffer.alloc(2);
    size.writeUInt16BE(unit.length);
    return [size, unit];
  });
  return Buffer.concat([Buffer.from([24]), ...parts]);
}

describe('VP8', () => {
  it('reads the size off a key frame only', () => {
    expect(vp8KeyFrame(vp8Key(1280, 720))).toEqual({ width: 1280, height: 720 });
    const delta = vp8Key(1280, 720);
    delta[1] = 1;
    expect(vp8KeyFrame(delta)).toBeUndefined();
    expect(vp8KeyFrame(Buffer.alloc(0))).toBeUndefined();
  });

  it('strips the payload descriptor, extended or not', () => {
    const extended = Buffer.concat([Buffer.from([0x90, 0x80, 0x81, 0x02]), Buffer.from('ab')]);
    expect(vp8Frame([extended, Buffer.concat([Buffer.from([0]), Buffer.from('cd')])])).toEqual(
      Buffer.from('abcd'),
    );
  });
});

describe('H.264', () => {
  it('finds parameter sets in an aggregate, and the picture size in them', () => {
    const { idr, sps } = h264Start(stapA(SPS_720, PPS));
    expect(idr).toBe(false);
    expect(sps).toEqual(SPS_720);
    expect(h264Size(SPS_720)).toEqual({ width: 1280, height: 720 });
    expect(h264Size(SPS_1080)).toEqual({ width: 1920, height: 1080 });
    expect(h264Size(Buffer.from([0x67]))).toBeUndefined();
  });

  it('knows an entry point: IDR, SPS and PPS together', () => {
    expect(isH264Entry([stapA(SPS_720, PPS), IDR])).toBe(true);
    expect(isH264Entry([IDR])).toBe(false);
  });

  it('puts fragments together', () => {
    const unit = h264AccessUnit([
      Buffer.from([0x7c, 0x85, 1]),
      Buffer.from([0x7c, 0x05, 2]),
      Buffer.from([0x7c, 0x45, 3]),
    ]);
    expect(unit).toEqual(Buffer.from([0, 0, 0, 1, 0x65, 1, 2, 3]));
  });
});

describe('frames from packets', () => {
  it('come out whole although packets came in disorder', () => {
    const frames = createFrameAssembler();
    const [a, b, c] = [Buffer.from('a'), Buffer.from('b'), Buffer.from('c')];
    expect(frames.add(packet({ sequenceNumber: 65_535, marker: false, payload: a }))).toEqual([]);
    expect(frames.add(packet({ sequenceNumber: 1, payload: c }))).toEqual([]);
    expect(frames.add(packet({ sequenceNumber: 0, marker: false, payload: b }))).toEqual([
      { timestamp: 0, payloads: [a, b, c] },
    ]);
  });

  it('are marked damaged when a packet never came', () => {
    const frames = createFrameAssembler();
    frames.add(packet({ sequenceNumber: 0, timestamp: 0 }));
    const seen = [];
    for (let i = 0; i < 300; i += 1) {
      seen.push(...frames.add(packet({ sequenceNumber: 2 + i, timestamp: 3000 * i })));
    }
    expect(seen[0]).toBeNull();
    expect(seen[1]).toMatchObject({ timestamp: 3000 });
  });
});

describe('forwarding', () => {
  it('waits for a key frame and goes on without a gap when the publisher returns', () => {
    const forwarder = createForwarder('VP8');
    expect(forwarder.forward(packet({ sequenceNumber: 7 }), 0)).toBeUndefined();
    expect(forwarder.wantsKeyFrame).toBe(true);
    const first = packet({ sequenceNumber: 65_535, timestamp: 90_000, payload: vp8Key(16, 16) });
    expect(forwarder.forward(first, 1000)).toMatchObject({ sequenceNumber: 65_535 });
    const back = { ssrc: 2, sequenceNumber: 500, timestamp: 5 };
    expect(forwarder.forward(packet(back), 2000)).toBeUndefined();
    const resumed = forwarder.forward(packet({ ...back, payload: vp8Key(16, 16) }), 3000);
    expect(resumed).toMatchObject({ sequenceNumber: 0, timestamp: 90_000 + 2 * 90_000 });
    expect(forwarder.wantsKeyFrame).toBe(false);
  });
});

describe('small counters', () => {
  it('know copies of packets', () => {
    const isDuplicate = createDuplicateFilter();
    expect([isDuplicate(5), isDuplicate(6), isDuplicate(5)]).toEqual([false, false, true]);
  });

  it('measure distances round the corner', () => {
    expect(sequenceDistance(2, 65_534)).toBe(4);
    expect(sequenceDistance(65_534, 2)).toBe(-4);
  });

  it('call the output ready after a second of each track, counted from its sender report', () => {
    const gate = createOutputGate(['video', 'audio'], { waitsForReports: true });
    expect(gate.media('video', 0, 0)).toBe(false);
    gate.senderReport('video');
    gate.media('video', 90_000, 1000);
    gate.media('video', 180_000, 2000);
    expect(gate.media('audio', 0, 2000)).toBe(false);
    gate.senderReport('audio');
    expect(gate.media('audio', 48_000, 3000)).toBe(false);
    expect(gate.media('audio', 96_000, 4000)).toBe(true);
    expect(gate.media('audio', 97_000, 4020)).toBe(false);
  });
});
