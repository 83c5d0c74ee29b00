import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCallback } from './callback-message.js';
import { LiveApiError } from './live-api-error.js';
import {
  isEndedStatus,
  isStartedStatus,
  parseLiveStream,
  parseLiveStreams,
  parsePlaybackId,
  playbackUrlOf,
} from './live-stream.js';

const raw = {
  id: '9b1e',
  name: 'demo',
  status: 'Waiting',
  stream_key: 'c0ffee',
  playback_id: 'a1b2c3',
  input_format: 'webrtc',
  callback_url: 'https://app.example/hook',
  server_urls: {
    rtmp: 'rtmp://rtmp.example/qlive',
    webrtc: 'wss://live-1.example:3334/qlive/c0ffee',
    srt: 'srt://live-1.example:9999?streamid=c0ffee',
    quic: 7,
  },
  viewers: { now: 3 },
};

const stream = (fields: Readonly<Record<string, unknown>> = {}) => {
  const parsed = parseLiveStream({ ...raw, ...fields });
  if (parsed === null) throw new Error('The fixture is no stream.');
  return parsed;
};

describe('a stream object', () => {
  it('is read into our spelling, and kept as it came', () => {
    expect(stream()).toEqual({
      id: '9b1e',
      name: 'demo',
      status: 'waiting',
      streamKey: 'c0ffee',
      playbackId: 'a1b2c3',
      playbackIds: [{ id: 'a1b2c3', policy: null }],
      serverUrls: {
        rtmp: 'rtmp://rtmp.example/qlive',
        webrtc: 'wss://live-1.example:3334/qlive/c0ffee',
        srt: 'srt://live-1.example:9999?streamid=c0ffee',
      },
      playbackUrls: [],
      playbackDomain: null,
      inputFormat: 'webrtc',
      callbackUrl: 'https://app.example/hook',
      startedAt: null,
      raw,
    });
  });

  it.each([
    ['bare', raw],
    ['in stream', { stream: raw }],
    ['in data', { data: raw }],
    ['in any one key', { liveStreamObject: raw }],
    ['beside an error number', { error: 0, payload: raw }],
    ['two deep', { data: { stream: raw } }],
    ['in an envelope with an id of its own', { id: 'request-1', data: raw }],
  ])('may come %s', (_how, body) => {
    expect(parseLiveStream(body)).toEqual(stream());
    expect(parseCallback(body)).toEqual(stream());
  });

  it('needs no more than an id, which may be a number', () => {
    expect(parseLiveStream({ id: 12 })).toMatchObject({ id: '12', status: 'unknown', name: null });
  });

  it('is not found in rubbish', () => {
    for (const body of [null, 'id', 7, [], {}, { id: '' }, { a: { id: 'x' }, b: { id: 'y' } }]) {
      expect(parseLiveStream(body)).toBeNull();
      expect(() => parseCallback(body)).toThrow(LiveApiError);
    }
  });

  it('may have a status that nobody knows yet', () => {
    expect(stream({ status: 'WarmingUp' }).status).toBe('warmingup');
    expect(stream({ status: 3 }).status).toBe('unknown');
  });

  it('tells when it was started, however that is spelt', () => {
    const iso = '2026-01-02T03:04:05.000Z';
    const at = Date.parse(iso);
    for (const startedAt of [iso, at, at / 1000, '2026-01-02T04:04:05+01:00']) {
      expect(stream({ started_at: startedAt }).startedAt).toBe(iso);
    }
    for (const startedAt of ['soon', {}, null, Number.NaN, 1e300]) {
      expect(stream({ started_at: startedAt }).startedAt).toBeNull();
    }
  });

  it('never makes the reader throw', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (value, other) => {
        const body = { id: 'x', server_urls: value, playback_urls: other, playback_ids: value };
        for (const input of [value, body, { data: body }, [body]]) {
          expect(() => [parseLiveStream(input), parseLiveStreams(input)]).not.toThrow();
          expect(() => parsePlaybackId(input)).not.toThrow();
        }
      }),
    );
  });
});

describe('a list of streams', () => {
  it.each([
    ['bare', [raw, raw]],
    ['in streams', { streams: [raw, raw] }],
    ['in data', { data: [raw, raw] }],
    ['with pages', { data: { total: 2, items: [raw, raw] } }],
    ['of wrapped ones', [{ stream: raw }, { stream: raw }]],
    ['with something else in it', [raw, null, 'x', raw]],
  ])('may come %s', (_how, body) => {
    expect(parseLiveStreams(body)).toEqual([stream(), stream()]);
  });

  it('is told from an answer that is none', () => {
    expect(parseLiveStreams([])).toEqual([]);
    for (const body of [null, {}, 'x', { error: 'no' }]) expect(parseLiveStreams(body)).toBeNull();
  });
});

describe('a playback id', () => {
  it.each([
    ['bare', { id: 'p2', policy: 'public' }],
    ['in data', { data: { id: 'p2', policy: 'public' } }],
    [
      'as the last one of its stream',
      { ...raw, playback_ids: ['p1', { id: 'p2', policy: 'public' }] },
    ],
  ])('may come %s', (_how, body) => {
    expect(parsePlaybackId(body)).toEqual({ id: 'p2', policy: 'public' });
  });

  it('may come without its policy', () => {
    expect(parsePlaybackId({ playback_id: 'p2' })).toEqual({ id: 'p2', policy: null });
    expect(parsePlaybackId({ done: true })).toBeNull();
  });
});

describe('playbackUrlOf', () => {
  it("takes the stream's own address first", () => {
    const own = 'https://cdn.example/own.m3u8';
    for (const playback_urls of [[own], own, { hls: own }, [{ url: own }]]) {
      expect(playbackUrlOf(stream({ playback_urls }), { domain: 'tv.example' })).toBe(own);
    }
  });

  it('makes one of the playback id, on a custom domain where there is one', () => {
    expect(playbackUrlOf(stream())).toBe(
      'https://play-a1b2c3.qencode.com/qhls/qlive/playlist.m3u8',
    );
    const custom = 'https://tv.example/a1b2c3.m3u8';
    expect(playbackUrlOf(stream(), { domain: 'tv.example' })).toBe(custom);
    expect(playbackUrlOf(stream({ playback_domain: 'tv.example' }))).toBe(custom);
  });

  it('makes none of what could lead elsewhere', () => {
    for (const playback_id of ['evil.example/', 'a b', '..', null]) {
      expect(playbackUrlOf(stream({ playback_id }))).toBeNull();
    }
    expect(playbackUrlOf(stream({ playback_id: null, playback_urls: 'javascript:1' }))).toBeNull();
  });
});

it('tells started and ended from everything else', () => {
  expect(['Waiting', 'live', 'IDLE', 'starting'].every(isStartedStatus)).toBe(true);
  expect(['created', 'stopped', 'deleted', 'unknown', 'new'].some(isStartedStatus)).toBe(false);
  expect(['Stopped', 'deleted'].every(isEndedStatus)).toBe(true);
  expect(['created', 'waiting', 'live', 'idle', 'new'].some(isEndedStatus)).toBe(false);
});
