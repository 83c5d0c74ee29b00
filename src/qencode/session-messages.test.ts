import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  parseBroadcastSession,
  parseSessionError,
  parseSessionStatus,
  SESSION_ERROR_STATUS,
} from './session-messages.js';

const session = {
  session: 'a.b',
  status: 'waiting',
  serverUrl: 'wss://live-1.example:3334/qlive/key',
  streamKey: 'key',
  startedAt: '2026-01-02T03:04:05.000Z',
  serverTime: '2026-01-02T03:04:06.000Z',
  playbackUrl: 'https://play-1.example/playlist.m3u8',
  rtmpUrl: 'rtmp://rtmp.example/qlive',
  srtUrl: 'srt://live-1.example:9999?streamid=key',
};

describe('the messages of a session', () => {
  it('come back as they were written', () => {
    expect(parseBroadcastSession(JSON.parse(JSON.stringify(session)))).toEqual(session);
    const { session: id, status, startedAt, serverTime } = session;
    expect(parseSessionStatus(session)).toEqual({
      session: id,
      status,
      startedAt,
      serverTime,
    });
  });

  it('may have less or more than is known', () => {
    const least = { session: 'a', status: ' Warming-Up ', serverUrl: 'wss://h/a/k', viewers: 3 };
    expect(parseBroadcastSession(least)).toEqual({
      session: 'a',
      status: 'warming-up',
      serverUrl: 'wss://h/a/k',
      streamKey: '',
      startedAt: null,
      serverTime: null,
      playbackUrl: null,
      rtmpUrl: null,
      srtUrl: null,
    });
    expect(parseSessionStatus({ ...least, startedAt: 'soon' })?.startedAt).toBeNull();
    expect(parseSessionStatus({ ...least, serverTime: 'now' })?.serverTime).toBeNull();
  });

  it('are nothing without what they are for', () => {
    expect(parseBroadcastSession({ ...session, serverUrl: undefined })).toBeNull();
    expect(parseBroadcastSession({ ...session, session: '' })).toBeNull();
    expect(parseSessionStatus({ ...session, status: ' ' })).toBeNull();
  });

  it('tell a refusal of ours from any other error', () => {
    for (const error of Object.keys(SESSION_ERROR_STATUS)) {
      expect(parseSessionError({ error, message: 'Why.' })).toEqual({ error, message: 'Why.' });
    }
    expect(parseSessionError({ error: 'upstream' })).toEqual({ error: 'upstream', message: '' });
    expect(parseSessionError({ error: 502, message: 'x' })).toBeNull();
    expect(parseSessionError({ error: 'toString' })).toBeNull();
  });

  it('never throw, whatever comes in', () => {
    fc.assert(
      fc.property(fc.anything(), (body) => {
        for (const parse of [parseBroadcastSession, parseSessionStatus, parseSessionError]) {
          expect(() => parse(body)).not.toThrow();
        }
      }),
    );
  });
});
