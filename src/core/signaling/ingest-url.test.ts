import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BroadcastError } from '../errors.js';
import { parseIngestUrl } from './ingest-url.js';

const href = (serverUrl: unknown, streamKey?: unknown, transport?: string) =>
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
    // Copied from a page, with the spaces of the page around it.
    const copied = '\u00a0wss://live-1.example.com:3334/qlive\u00a0';
    expect(href(copied, '\u00a0key-1\u00a0')).toBe(whole);
  });

  it('keeps every parameter as it is written', () => {
    expect(href('ws://h/a/s?x=a+b%20c&direction=send')).toBe('ws://h/a/s?x=a+b%20c&direction=send');
    expect(href('ws://h/a/s?token=1', null, 'tcp')).toBe(
      'ws://h/a/s?token=1&direction=send&transport=tcp',
    );
    expect(href('ws://h/a/s', null, 'relay')).toBe('ws://h/a/s?direction=send&transport=relay');
    expect(href('ws://h/a/s', null, 'all')).toBe('ws://h/a/s?direction=send&transport=all');
    expect(href('ws://h/a/s?transport=udp', null, 'tcp')).toBe(
      'ws://h/a/s?transport=udp&direction=send',
    );
  });

  const paths: readonly [serverUrl: string, streamKey: string, path: string][] = [
    ['/app/a%2bb', 'a+b', '/app/a%2bb'],
    ['/app/a%2Bb', 'a+b', '/app/a%2Bb'],
    ['/app/a+b', 'a%2bb', '/app/a+b'],
    ['/app/a%2bb', 'a%2Bb', '/app/a%2bb'],
    ['/app/%41-%7e', 'A-~', '/app/%41-%7e'],
    ['/app/caf%C3%A9', 'cafe\u0301', '/app/caf%C3%A9'],
    ['/app/cafe\u0301', 'caf%c3%a9', '/app/cafe%CC%81'],
    ['/app/key/', 'key', '/app/key/'],
    ['/app/key/more', 'key', '/app/key/more'],
    ['/app/100%', 'key', '/app/100%/key'],
    ['/app', 'a+b', '/app/a%2Bb'],
    ['/app', 'a%2bb', '/app/a%2bb'],
    ['/key', 'key', '/key/key'],
    ['/key/', 'k%65y', '/key/k%65y'],
    ['/app/Key', 'key', '/app/Key/key'],
    ['/app/a%2bb', 'ab%2b', '/app/a%2bb/ab%2b'],
    ['/app', 'v1.', '/app/v1.'],
    ['/app', '.v1', '/app/.v1'],
    ['/app', '...', '/app/...'],
    ['//app//more', 'key', '/app/more/key'],
  ];
  it.each(paths)('makes of %s and the key %s the path %s', (path, streamKey, expected) => {
    const url = new URL(href(`wss://host${path}?x=1%2b`, streamKey));
    expect(url.pathname).toBe(expected);
    expect(url.search).toBe('?x=1%2b&direction=send');
  });

  it('adds a key once, and never loses it, however it is spelt', () => {
    const key = fc.stringMatching(/^[A-Za-z0-9+._~é-]{1,12}$/);
    const spell = (text: string, encoded: boolean) =>
      encoded
        ? [...new TextEncoder().encode(text)]
            .map((byte) => `%${byte.toString(16).padStart(2, '0')}`)
            .join('')
        : text;
    fc.assert(
      fc.property(
        key,
        key,
        fc.boolean(),
        fc.boolean(),
        fc.boolean(),
        (app, name, inUrl, ...how) => {
          const address = `wss://host/x${app}${inUrl ? `/x${spell(name, how[0])}` : ''}`;
          const url = new URL(href(address, spell(`x${name}`, how[1])));
          const elements = url.pathname.split('/').slice(1).map(decodeURIComponent);
          expect(elements).toEqual([`x${app}`, `x${name}`]);
        },
      ),
    );
  });

  it.each([
    'wss://h/app/a%2bb?policy=x%2b/=&signature=a+b%20',
    'wss://h/app?signature=A%2f',
    'wss://h//app//k/?direction=send&policy=%41',
  ])('leaves every character of the signed %s', (signed) => {
    expect(href(signed, 'a+b', 'tcp')).toBe(signed);
  });

  it('uses a signed URL as it is', () => {
    const signed = 'ws://h:3333/app/s?direction=send&policy=eyJ1&signature=abc';
    expect(href(signed, 'other', 'tcp')).toBe(signed);
  });

  it('says where a transport that was asked for has no effect, and only there', () => {
    const complaintsOf = (serverUrl: string, transport?: string) => {
      const said: string[] = [];
      const complain = (message: string) => said.push(message);
      parseIngestUrl({ serverUrl, complain, ...(transport ? { transport } : {}) });
      return said;
    };
    for (const address of ['ws://h/a/s?transport=UDP', 'ws://h/a/s?policy=x&signature=y']) {
      const [said, ...more] = complaintsOf(address, 'tcp');
      expect(said).toContain('The option transport has no effect');
      expect(said).toContain('transport=tcp');
      expect(more).toEqual([]);
      expect(complaintsOf(address)).toEqual([]);
      expect(complaintsOf(address, 'auto')).toEqual([]);
    }
    expect(complaintsOf('ws://h/a/s?transport=TCP', 'tcp')).toEqual([]);
    expect(complaintsOf('ws://h/a/s', 'tcp')).toEqual([]);
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

  it.each([
    'a b',
    'a/b',
    '..',
    '.',
    '%2e%2E',
    '../x',
    'a\\b',
    'a?b',
    'a#b',
    'a%2Fb',
    'a%20b',
    '100%',
    '%ff',
    7,
    {},
  ])('refuses %o as a stream key', (streamKey) => {
    expect(errorOf('wss://host/qlive/one/two', streamKey)).toMatchObject({
      code: 'invalid-options',
    });
  });

  it.each([
    [42, undefined, 'not a text with an address in it. It should look like wss://'],
    ['  ', undefined, 'not a text with an address in it. It should look like wss://'],
    ['qlive/key', undefined, 'not a whole address. It should look like wss://'],
    [
      'ftp://host/a/b',
      undefined,
      'has to begin with wss:// or, for a WHIP server, https://. It should look like wss://',
    ],
    ['wss://host/qlive', undefined, 'names no stream. It should look like wss://'],
    ['wss://host/qlive', '  ', 'names no stream. It should look like wss://'],
    ['wss://host/qlive', 7, 'The stream key is not a text'],
    ['wss://host/qlive', 'a b', 'Copy the stream_key value of the stream again'],
  ])('says of the server URL %o with the key %o: %s', (serverUrl, streamKey, said) => {
    expect(errorOf(serverUrl, streamKey).message).toContain(said);
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

describe('parseIngestUrl, of a WHIP server', () => {
  const OME = 'https://live.example.com:3334/app/key';
  it.each([
    ['https://h/whip/endpoint', null, 'https://h/whip/endpoint'],
    [
      'https://h/whip/endpoint?a=%20b+c&token=x%2F',
      null,
      'https://h/whip/endpoint?a=%20b+c&token=x%2F',
    ],
    ['https://h', null, 'https://h/'],
    ['http://127.0.0.1:8889/cam/whip', null, 'http://127.0.0.1:8889/cam/whip'],
    // The key is added where it is not there.
    ['https://h/w', 'key', 'https://h/w/key'],
    ['https://h/w/', 'a b', 'invalid-options'],
    ['https://h/w/key', 'key', 'https://h/w/key'],
    ['https://h/key/whip', 'key', 'https://h/key/whip'],
    ['https://h/key/webRTC/publish', 'key', 'https://h/key/webRTC/publish'],
    [
      'https://h/rtc/v1/whip/?app=live&stream=key',
      'key',
      'https://h/rtc/v1/whip/?app=live&stream=key',
    ],
    // OvenMediaEngine, by its ports or its parameter.
    [OME, null, `${OME}?direction=whip`],
    ['http://h:3333/app/key', null, 'http://h:3333/app/key?direction=whip'],
    ['https://live.example.com:3334/app', 'key', `${OME}?direction=whip`],
    [`${OME}?direction=whip`, null, `${OME}?direction=whip`],
    [
      `${OME}?direction=whip&policy=a&signature=b`,
      'other',
      `${OME}?direction=whip&policy=a&signature=b`,
    ],
    [`${OME}?direction=publish`, null, `${OME}?direction=publish`],
    [`${OME}?direction=send`, null, `${OME}?direction=whip`],
    ['https://h/app/key?direction=send&x=1', null, 'https://h/app/key?direction=whip&x=1'],
  ])('makes of %s and the key %s %s', (serverUrl, streamKey, whole) => {
    const outcome = () => href(serverUrl, streamKey);
    if (whole === 'invalid-options') expect(errorOf(serverUrl, streamKey).code).toBe(whole);
    else expect(outcome()).toBe(whole);
  });

  it('asks OvenMediaEngine alone for a transport, and says where that has no effect', () => {
    const told: string[] = [];
    const complain = (message: string) => told.push(message);
    const whole = (serverUrl: string) =>
      parseIngestUrl({ serverUrl, transport: 'tcp', complain }).href;
    expect(whole(OME)).toBe(`${OME}?direction=whip&transport=tcp`);
    expect(told).toEqual([]);
    expect(whole('https://h/whip')).toBe('https://h/whip');
    expect(whole(`${OME}?direction=whip&transport=udp`)).toContain('transport=udp');
    expect(told).toEqual(Array(2).fill(expect.stringContaining('transport has no effect')));
  });
});
