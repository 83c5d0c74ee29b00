import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LIMITS } from './limits.js';
import { iceServersIn } from './whip-link.js';

const RELAY = { username: 'u', credential: 'c' };

describe('the ICE servers of a Link header', () => {
  it.each<[string | null, RTCIceServer[]]>([
    [null, []],
    ['', []],
    ['<stun:s.example>; rel="ice-server"', [{ urls: 'stun:s.example' }]],
    ['<stun:s.example>;rel=ice-server', [{ urls: 'stun:s.example' }]],
    ['<stun:s.example>; REL="ICE-Server"', [{ urls: 'stun:s.example' }]],
    ['<stun:s.example>; rel="alternate ice-server"', [{ urls: 'stun:s.example' }]],
    ['<stun:[::1]:3478>; rel=ice-server', [{ urls: 'stun:[::1]:3478' }]],
    [
      '<turn:t.example?transport=udp>; rel="ice-server"; username="u"; credential="c"',
      [{ urls: 'turn:t.example?transport=udp', ...RELAY }],
    ],
    [
      '<turns:t.example>; credential="c";username=u ; credential-type="password";rel=ice-server',
      [{ urls: 'turns:t.example', ...RELAY }],
    ],
    [
      '<turn:t.example>; rel=ice-server; username="a, b; c=\\"d\\\\"; credential="<x>, <y>"',
      [{ urls: 'turn:t.example', username: 'a, b; c="d\\', credential: '<x>, <y>' }],
    ],
    [
      '<turn:t.example>; rel=ice-server; username=""; credential=""',
      [{ urls: 'turn:t.example', username: '', credential: '' }],
    ],
    // Several headers, as browsers join them.
    [
      '<stun:a.example>; rel="ice-server", <https://x.example/sse>; rel="urn:ietf:params:whip:ext:x", <stun:b.example>; rel="ice-server"',
      [{ urls: 'stun:a.example' }, { urls: 'stun:b.example' }],
    ],
    // OvenMediaEngine, with a scheme before one that has one.
    [
      '<turn:turn:t.example?transport=tcp>; rel="ice-server"; username="u"; credential="c"',
      [{ urls: 'turn:t.example?transport=tcp', ...RELAY }],
    ],
    // Servers that cannot be used.
    ['<turn:t.example>; rel="ice-server"', []],
    ['<turn:t.example>; rel="ice-server"; username="u"', []],
    [
      '<turn:t.example>; rel="ice-server"; username="u"; credential="c"; credential-type="oauth"',
      [],
    ],
    ['<https://t.example>; rel="ice-server"', []],
    ['<stun:>; rel="ice-server"', []],
    ['<>; rel="ice-server"', []],
    ['<stun:a.example>; rel="next"', []],
    ['<stun:a.example>; title="rel=ice-server"', []],
    // The first of a parameter counts (RFC 8288 section 3.3).
    ['<stun:a.example>; rel="next"; rel="ice-server"', []],
    // A malformed value costs no other.
    [
      'stun:a.example; rel="ice-server", <stun:b.example>; rel="ice-server"',
      [{ urls: 'stun:b.example' }],
    ],
    [',, ,<stun:b.example> ; rel = "ice-server" , ', [{ urls: 'stun:b.example' }]],
    ['<stun:a.example; rel="ice-server"', []],
    ['<stun:a.example>; rel="ice-server', []],
  ])('of %s are %j', (header, servers) => {
    expect(iceServersIn(header)).toEqual(servers);
  });

  it('are a few, of bounded length', () => {
    const link = (host: string) => `<stun:${host}.example>; rel="ice-server"`;
    const many = Array.from({ length: 500 }, (_, index) => link(`s${index}`)).join(', ');
    expect(iceServersIn(many)).toHaveLength(LIMITS.iceServers);
    expect(iceServersIn(link('x'.repeat(LIMITS.iceChars)))).toEqual([]);
    expect(iceServersIn(`${link('a')}, ${'x'.repeat(LIMITS.frameChars)}`)).toEqual([]);
  });

  it('are read of anything at all, and soon', () => {
    const piece = fc.constantFrom(
      '<',
      '>',
      '"',
      '\\',
      ',',
      ';',
      '=',
      ' ',
      'rel',
      'ice-server',
      'stun:a',
      'turn:b',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        for (const { urls } of iceServersIn(pieces.join('')))
          expect(urls).toMatch(/^(stun|turn)s?:/i);
      }),
    );
    expect(iceServersIn('"\\'.repeat(100_000))).toEqual([]);
    expect(iceServersIn('<a>;'.repeat(50_000))).toEqual([]);
    expect(iceServersIn('<,'.repeat(100_000))).toEqual([]);
    expect(iceServersIn('<a>;b="'.repeat(30_000))).toEqual([]);
    expect(iceServersIn('"'.repeat(200_001))).toEqual([]);
  });
});
