import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BroadcastError } from '../errors.js';
import { parseIngestUrl } from './ingest-url.js';

const href = (serverUrl: unknown, streamKey?: unknown, transport?: 'auto' | 'udp' | 'tcp') =>
  parseIngestUrl({ serverUrl, streamKey, ...(transport ? { transport } : {}) }).href;

const errorOf = (serverUrl: unknown, streamKey?: unknown) => {
  try {
    parseIngestUrl({ serverUrl, streamKey });
  } catch (error) {
    return error as BroadcastError;
  }
  throw new Error('It was accepted.');
};

describe('parseIngestUrl', () => {
  it('asks to send, and adds the key where it is not there already', () => {
    const whole = 'wss://live-1.example.com:3334/qlive/key-1?direction=send';
    expect(href('wss://live-1.example.com:3334/qlive/key-1')).toBe(whole);
    expect(href('wss://live-1.example.com:3334/qlive/key-1', 'key-1')).toBe(whole);
    expect(href('wss://live-1.example.com:3334/qlive', 'key-1')).toBe(whole);
    expect(href(' wss://live-1.example.com:3334/qlive/ ', ' key-1 ')).toBe(whole);
  });

  it('keeps every parameter as it is written', () => {
    expect(href('ws://h/a/s?x=a+b%20c&direction=send')).toBe('ws://h/a/s?x=a+b%20c&direction=send');
    expect(href('ws://h/a/s?token=1', null, 'tcp')).toBe(
      'ws://h/a/s?token=1&direction=send&transport=tcp',
    );
    expect(href('ws://h/a/s?transport=udp', null, 'tcp')).toBe(
      'ws://h/a/s?transport=udp&direction=send',
    );
  });

  it('uses a signed URL as it is', () => {
    const signed = 'ws://h:3333/app/s?direction=send&policy=eyJ1&signature=abc';
    expect(href(signed, 'other', 'tcp')).toBe(signed);
  });

  it('drops a fragment, which a socket cannot be opened with', () => {
    expect(href('ws://h/a/s#top')).toBe('ws://h/a/s?direction=send');
  });

  it.each([
    null,
    undefined,
    '',
    '   ',
    42,
    {},
    'qlive/key',
    '//host/qlive/key',
    'wss://',
    'wss://host',
    'wss://host/qlive',
    'javascript:alert(1)',
    'data:text/plain,x',
    'ftp://host/a/b',
  ])('refuses %o as a server URL', (serverUrl) => {
    expect(errorOf(serverUrl)).toMatchObject({ name: 'BroadcastError', code: 'invalid-options' });
  });

  it.each(['a b', 'a/b', '../x', 'a\\b', 'a?b', 'a#b', 'a%2Fb', 7, {}])(
    'refuses %o as a stream key',
    (streamKey) => {
      expect(errorOf('wss://host/qlive', streamKey)).toMatchObject({ code: 'invalid-options' });
    },
  );

  it('names WHIP as coming', () => {
    expect(errorOf('https://host/qlive/key')).toMatchObject({ code: 'unsupported' });
    expect(errorOf('https://host/qlive/key').message).toContain('WHIP');
  });

  it('answers any input with a URL or a typed error that does not repeat it', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (serverUrl, streamKey) => {
        try {
          expect(parseIngestUrl({ serverUrl, streamKey }).protocol).toMatch(/^wss?:$/);
        } catch (error) {
          expect(error).toBeInstanceOf(BroadcastError);
        }
      }),
    );
    const told = [
      errorOf('wss://host/secret'),
      errorOf('host/qlive/secret'),
      errorOf('wss://[host/qlive/secret'),
      errorOf('wss://host/qlive', 'my secret'),
    ];
    // As a log would show them, with every cause.
    for (const error of told) expect(inspect(error, { depth: null })).not.toContain('secret');
  });
});
