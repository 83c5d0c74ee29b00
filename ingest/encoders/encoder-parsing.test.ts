import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createHlsWindow, parseSegments } from '../hls/hls-playlist.js';
import { OPUS_SILENCE, opusSeconds } from '../media/opus.js';
import { createAdtsSplitter } from '../transcoding/aac-encoder.js';
import {
  formatInductionAnswer,
  formatRefusal,
  formatShutdown,
  parseHandshake,
  withCookie,
} from './srt-handshake.js';

/** As ffmpeg 5.1 with libsrt 1.5 calls: `srt://host?streamid=key-1`. */
const INDUCTION = Buffer.from(
  '80000000000000000000000000000000' +
    '00000004000000020a1b2c3d000005dc00002000' +
    '000000011122334400000000' +
    '0100007f000000000000000000000000',
  'hex',
);
const CONCLUSION = Buffer.concat([
  INDUCTION.subarray(0, 16),
  Buffer.from(
    '00000005000000050a1b2c3d000005dc00002000' +
      'ffffffff1122334455667788' +
      '0100007f000000000000000000000000' +
      // HSREQ, then the stream id in words of the other byte order.
      '0001000300010501000000bf00780000' +
      '000500022d79656b00000031',
    'hex',
  ),
]);

describe('an SRT handshake', () => {
  it('tells its kind, its sender and the stream id', () => {
    expect(parseHandshake(INDUCTION)).toEqual({
      type: 'induction',
      socketId: 0x11223344,
      cookie: 0,
      streamId: '',
    });
    expect(parseHandshake(CONCLUSION)).toEqual({
      type: 'conclusion',
      socketId: 0x11223344,
      cookie: 0x55667788,
      streamId: 'key-1',
    });
  });

  it('is answered to its sender, with a cookie or a reason', () => {
    const answer = formatInductionAnswer(INDUCTION, 0xdeadbeef);
    expect(answer).toHaveLength(64);
    expect(answer.readUInt32BE(12)).toBe(0x11223344);
    expect(answer.readUInt32BE(16)).toBe(5);
    expect(answer.readUInt16BE(22)).toBe(0x4a17);
    expect(parseHandshake(answer)).toMatchObject({ type: 'induction', cookie: 0xdeadbeef });
    const refusal = formatRefusal(CONCLUSION, 'not-found');
    expect(refusal).toHaveLength(64);
    expect(refusal.readUInt32BE(36)).toBe(2404);
    expect(parseHandshake(refusal)?.type).toBe('refusal');
  });

  it('keeps all but the cookie on its way to another listener', () => {
    const changed = withCookie(CONCLUSION, 1);
    expect(parseHandshake(changed)).toMatchObject({ cookie: 1, streamId: 'key-1' });
    expect(withCookie(changed, 0x55667788)).toEqual(CONCLUSION);
    expect(parseHandshake(formatShutdown(7))).toBeUndefined();
  });

  it('is nothing when it is broken', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        parseHandshake(Buffer.from(bytes));
        parseHandshake(Buffer.concat([CONCLUSION.subarray(0, 64), bytes]));
      }),
    );
    expect(parseHandshake(CONCLUSION.subarray(0, -4))).toMatchObject({ streamId: '' });
    expect(parseHandshake(CONCLUSION.subarray(0, 40))).toBeUndefined();
  });
});

describe('AAC', () => {
  const frame = (size: number) => {
    const bytes = Buffer.alloc(7 + size, size);
    bytes.writeUInt32BE(0xfff14c80);
    bytes.writeUIntBE(((7 + size) << 5) | 0x1f, 3, 3);
    return bytes;
  };
  it('is cut into frames, wherever the pipe cuts it', () => {
    const frames = [frame(3), frame(200), frame(1)];
    const whole = Buffer.concat(frames);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: whole.length }), (at) => {
        const split = createAdtsSplitter();
        const parts = [whole.subarray(0, at), whole.subarray(at)];
        expect(parts.flatMap((part) => [...split(part)])).toEqual(frames);
      }),
    );
  });
});

describe('Opus', () => {
  it('tells how long it plays', () => {
    expect(opusSeconds(OPUS_SILENCE)).toBe(0.02);
    expect(opusSeconds(Buffer.from([0x18]))).toBe(0.06);
    expect(opusSeconds(Buffer.from([0xf9]))).toBe(0.04);
    expect(opusSeconds(Buffer.from([0xfb, 3]))).toBeCloseTo(0.06);
    expect(opusSeconds(Buffer.alloc(0))).toBe(0);
  });
});

describe('a live playlist', () => {
  const segment = (path: string, seconds = 1, initPath = 'i', discontinuity = false) => ({
    path,
    seconds,
    startsAt: 0,
    initPath,
    discontinuity,
  });

  it('slides, and counts what fell out', () => {
    const window = createHlsWindow(3);
    expect(window.append(segment('a'))).toEqual([]);
    window.append(segment('b', 1.4, 'j', true));
    window.append(segment('c', 1, 'j'));
    expect(window.append(segment('d', 1, 'j'))).toMatchObject([{ path: 'a' }]);
    const entry = (path: string, seconds: string) => [
      '#EXT-X-PROGRAM-DATE-TIME:1970-01-01T00:00:00.000Z',
      `#EXTINF:${seconds},`,
      `x/${path}?auth=t`,
    ];
    expect(window.format('x/', '?auth=t')).toBe(
      [
        '#EXTM3U',
        '#EXT-X-VERSION:7',
        '#EXT-X-TARGETDURATION:1',
        '#EXT-X-MEDIA-SEQUENCE:1',
        '#EXT-X-DISCONTINUITY-SEQUENCE:0',
        '#EXT-X-INDEPENDENT-SEGMENTS',
        '#EXT-X-DISCONTINUITY',
        '#EXT-X-MAP:URI="x/j?auth=t"',
        ...entry('b', '1.40000'),
        ...entry('c', '1.00000'),
        ...entry('d', '1.00000'),
        '',
      ].join('\n'),
    );
    window.append(segment('e', 1, 'j'));
    window.end();
    expect(window.format('', '')).toMatch(/DISCONTINUITY-SEQUENCE:1\n(.*\n)*#EXT-X-ENDLIST\n$/);
  });

  it('keeps what players need, and no more, of segments of any length', () => {
    const lengths = fc.array(fc.double({ min: 0.2, max: 30, noNaN: true }), { maxLength: 60 });
    fc.assert(
      fc.property(lengths, (all) => {
        const window = createHlsWindow(6);
        for (const [at, seconds] of all.entries()) {
          const removed = window.append(segment(String(at), seconds));
          const [, target = 0] = /TARGETDURATION:(\d+)/.exec(window.format('', '')) ?? [];
          const kept = window.segments.reduce((sum, each) => sum + Math.ceil(each.seconds), 0);
          for (const each of window.segments) {
            expect(Math.round(each.seconds)).toBeLessThanOrEqual(Number(target));
          }
          if (removed.length > 0) expect(kept).toBeGreaterThanOrEqual(3 * Number(target));
        }
      }),
    );
    const window = createHlsWindow(6);
    for (let at = 0; at < 20; at += 1) window.append(segment(String(at), 30));
    expect(window.segments).toHaveLength(3);
  });

  it('is read back from what a packager writes', () => {
    const text = '#EXTM3U\n\n#EXTINF:1.03,\na.m4s\n#EXTINF:1,\n#EXT-X-BYTERANGE:1@0\nb.m4s\n';
    expect(parseSegments(text)).toEqual([
      { path: 'a.m4s', seconds: 1.03 },
      { path: 'b.m4s', seconds: 1 },
    ]);
  });
});
