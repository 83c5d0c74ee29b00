import { describe, expect, it } from 'vitest';
import { shapeOfferedVideo } from './encoding.js';

const offer = [
  'v=0',
  'o=OvenMediaEngine 101 2 IN IP4 127.0.0.1',
  'm=video 9 UDP/TLS/RTP/SAVPF 100 101 102 103',
  'a=rtpmap:100 H264/90000',
  'a=fmtp:100 packetization-mode=1',
  'a=rtpmap:101 rtx/90000',
  'a=fmtp:101 apt=100',
  'a=rtpmap:102 VP8/90000',
  'a=rtpmap:103 rtx/90000',
  'a=fmtp:103 apt=102',
  'm=audio 9 UDP/TLS/RTP/SAVPF 104',
  'a=rtpmap:104 OPUS/48000/2',
  '',
].join('\r\n');

const shaped = (codec: 'h264' | 'vp8', maxVideoKbps = 1_000) =>
  shapeOfferedVideo(offer, { codec, maxVideoKbps });

const started = offer
  .replace('packetization-mode=1', 'packetization-mode=1;x-google-start-bitrate=800')
  .replace('VP8/90000', 'VP8/90000\r\na=fmtp:102 x-google-start-bitrate=800');

describe('shapeOfferedVideo', () => {
  it('moves the codec and its retransmissions to the front, and names a start bitrate', () => {
    const vp8First = started.replace('SAVPF 100 101 102 103', 'SAVPF 102 103 100 101');
    expect(shaped('vp8')).toBe(vp8First);
    expect(shaped('h264')).toBe(started);
  });

  it('asks no more than 2 Mbit/s of a network it does not know', () => {
    expect(shaped('h264', 20_000)).toContain('x-google-start-bitrate=2000');
  });

  it('leaves an offer alone that has no video', () => {
    const audio = 'v=0\r\nm=audio 9 X 1\r\n';
    expect(shapeOfferedVideo(audio, { codec: 'h264', maxVideoKbps: 1 })).toBe(audio);
  });
});
