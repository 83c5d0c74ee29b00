import { describe, expect, it } from 'vitest';
import type { SdpPreferences } from './sdp-preferences.js';
import { writePreferences } from './sdp-preferences.js';

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
  'a=rtcp-mux',
  'm=audio 9 UDP/TLS/RTP/SAVPF 104',
  'a=rtpmap:104 OPUS/48000/2',
  'a=rtcp-mux',
  '',
].join('\r\n');

const PREFERENCES: SdpPreferences = {
  videoCodec: 'h264',
  maxVideoKbps: 1_000,
  sound: 'speech',
  h264Profiles: null,
};

const shaped = (preferences: Partial<SdpPreferences> = {}, sdp = offer) =>
  writePreferences(sdp, { ...PREFERENCES, ...preferences });

const started = offer
  .replace('packetization-mode=1', 'packetization-mode=1;x-google-start-bitrate=800')
  .replace('VP8/90000', 'VP8/90000\r\na=fmtp:102 x-google-start-bitrate=800')
  .replace(
    'OPUS/48000/2',
    'OPUS/48000/2\r\na=fmtp:104 stereo=0;maxaveragebitrate=48000;useinbandfec=1;usedtx=0',
  );

describe('writePreferences', () => {
  it('moves the codec and its retransmissions to the front, and names a start bitrate', () => {
    const vp8First = started.replace('SAVPF 100 101 102 103', 'SAVPF 102 103 100 101');
    expect(shaped({ videoCodec: 'vp8' })).toBe(vp8First);
    expect(shaped()).toBe(started);
  });

  it('falls back on H264 and VP8 for a codec that is not there', () => {
    expect(shaped({ videoCodec: 'av1' })).toBe(started);
    const swapped = offer.replace('SAVPF 100 101 102 103', 'SAVPF 102 103 100 101');
    expect(shaped({ videoCodec: 'h265' }, swapped)).toBe(started);
  });

  it('asks no more than 2 Mbit/s of a network it does not know', () => {
    expect(shaped({ maxVideoKbps: 20_000 })).toContain('x-google-start-bitrate=2000');
  });

  it('asks Opus for stereo and a rate for music, in place of what the other side named', () => {
    const named = offer.replace(
      'OPUS/48000/2',
      'OPUS/48000/2\r\na=fmtp:104 stereo=0;minptime=10;usedtx=1',
    );
    expect(shaped({ sound: 'music' }, named)).toContain(
      'a=fmtp:104 minptime=10;stereo=1;maxaveragebitrate=128000;useinbandfec=1;usedtx=0\r\n',
    );
  });

  it('lets the constrained baseline stand in for H264 profiles that cannot be encoded', () => {
    const asks = (profile: string) =>
      offer.replace('packetization-mode=1', `packetization-mode=1;profile-level-id=${profile}`);
    const h264Profiles = ['42', '4d'];
    expect(shaped({ h264Profiles }, asks('640032'))).toContain('profile-level-id=42e032;');
    expect(shaped({ h264Profiles }, asks('F4001F'))).toContain('profile-level-id=42e01F;');
    for (const profile of ['42e01f', '4D401F', '42c028']) {
      expect(shaped({ h264Profiles }, asks(profile))).toContain(`profile-level-id=${profile};`);
    }
    for (const unknown of [null, [], ['64']]) {
      const same = shaped({ h264Profiles: unknown }, asks('640032'));
      expect(same).toContain('profile-level-id=640032;');
    }
    // One that can be encoded is enough.
    const two = asks('640032').replace(
      'VP8/90000',
      'H264/90000\r\na=fmtp:102 profile-level-id=42001f',
    );
    expect(shaped({ h264Profiles }, two)).toContain('profile-level-id=640032;');
  });

  it('reads lines that end in any way, asks for one port, and ends every line', () => {
    const mixed = offer
      .replaceAll('a=rtcp-mux\r\n', '')
      .replaceAll('\r\n', '\n')
      .replace('\nm=', '\r\n\r\nm=');
    expect(shaped({}, mixed.trimEnd())).toBe(shaped());
  });

  it('repeats itself without a change', () => {
    expect(shaped({}, shaped())).toBe(shaped());
  });

  it('leaves what it does not know as it was', () => {
    const text = ['v=0', 'm=application 9 X 1', 'a=rtpmap:1 H264/90000', ''].join('\r\n');
    expect(shaped({}, text)).toBe(text);
    expect(shaped({}, '')).toBe('');
  });
});
