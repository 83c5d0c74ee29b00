import { describe, expect, it } from 'vitest';
import { reorderOfferedVideo } from './encoding.js';

const offer = [
  'v=0',
  'o=OvenMediaEngine 101 2 IN IP4 127.0.0.1',
  'm=video 9 UDP/TLS/RTP/SAVPF 100 101 102 103',
  'a=rtpmap:100 H264/90000',
  'a=rtpmap:101 rtx/90000',
  'a=fmtp:101 apt=100',
  'a=rtpmap:102 VP8/90000',
  'a=rtpmap:103 rtx/90000',
  'a=fmtp:103 apt=102',
  'm=audio 9 UDP/TLS/RTP/SAVPF 104',
  'a=rtpmap:104 OPUS/48000/2',
  '',
].join('\r\n');

describe('reorderOfferedVideo', () => {
  it('moves the codec and its retransmissions to the front, and touches nothing else', () => {
    expect(reorderOfferedVideo(offer, 'vp8')).toBe(
      offer.replace('SAVPF 100 101 102 103', 'SAVPF 102 103 100 101'),
    );
  });

  it('leaves an offer alone that is in order, or has no video', () => {
    expect(reorderOfferedVideo(offer, 'h264')).toBe(offer);
    expect(reorderOfferedVideo('v=0\r\nm=audio 9 X 1\r\n', 'h264')).toBe(
      'v=0\r\nm=audio 9 X 1\r\n',
    );
  });
});
