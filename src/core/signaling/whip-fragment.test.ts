import { describe, expect, it } from 'vitest';
import { FAKE_ANSWER, FAKE_FRAGMENT, FAKE_OFFER } from '../../testing/fake-whip.js';
import { LIMITS } from './limits.js';
import { credentialsIn, parseFragment, withFragment, writeFragment } from './whip-fragment.js';

const CANDIDATE = 'candidate:1 1 udp 1 192.0.2.1 9 typ host';

describe('a fragment', () => {
  it('names the first section of the bundle, with the credentials where servers look for them', () => {
    const lines = writeFragment(FAKE_OFFER, [CANDIDATE], 'complete').split('\r\n');
    expect(lines).toEqual([
      'a=ice-options:trickle',
      'a=ice-ufrag:localUfrag',
      'a=ice-pwd:localPasswordOfThePeer00',
      'a=group:BUNDLE 0 1',
      'm=audio 9 UDP/TLS/RTP/SAVPF 111',
      'a=mid:0',
      'a=ice-ufrag:localUfrag',
      'a=ice-pwd:localPasswordOfThePeer00',
      `a=${CANDIDATE}`,
      'a=end-of-candidates',
      '',
    ]);
  });

  it('says that there are no more candidates only where there are none', () => {
    expect(writeFragment(FAKE_OFFER, [CANDIDATE], 'more-may-come')).not.toContain('end-of');
  });

  it('repeats what was said of ICE for the whole session', () => {
    const offer = FAKE_OFFER.replace('t=0 0', 't=0 0\r\na=ice-lite\r\na=ice-pacing:50');
    expect(writeFragment(offer, [], 'more-may-come')).toMatch(
      /^a=ice-lite\r\na=ice-options:trickle\r\na=ice-pacing:50\r\n/,
    );
  });

  it.each([
    ['for all media', FAKE_FRAGMENT],
    [
      'for the first of them',
      FAKE_FRAGMENT.replace(/^(a=ice-ufrag.*\r\na=ice-pwd.*\r\n)([\s\S]*a=mid:0\r\n)/, '$2$1'),
    ],
    ['with bare line feeds', FAKE_FRAGMENT.replaceAll('\r', '')],
  ])('of a server is read where it names its credentials %s', (_, text) => {
    expect(parseFragment(text)).toEqual({
      ufrag: 'serverUfrag2',
      pwd: 'serverPasswordLater000',
      candidates: ['candidate:2 1 udp 2130706431 198.51.100.2 39133 typ host'],
    });
  });

  it.each([
    ['nothing', ''],
    ['a page', '<!doctype html>'],
    ['no password', 'a=ice-ufrag:abcd\r\n'],
    ['no name', 'a=ice-pwd:0123456789012345678901\r\n'],
    ['a password that is too short', 'a=ice-ufrag:abcd\r\na=ice-pwd:short\r\n'],
    ['a name that breaks the line', 'a=ice-ufrag:ab cd\r\na=ice-pwd:0123456789012345678901\r\n'],
    ['far too much', FAKE_FRAGMENT + 'a=x\r\n'.repeat(LIMITS.sdpChars)],
    ['far too many candidates', FAKE_FRAGMENT + `a=${CANDIDATE}\r\n`.repeat(LIMITS.candidates)],
  ])('of a server is none where it holds %s', (_, text) => {
    expect(parseFragment(text)).toBeNull();
  });
});

describe('an answer with a fragment in it', () => {
  const fragment = { ufrag: 'newUfrag', pwd: 'newPassword00000000000', candidates: [CANDIDATE] };

  it('has the new credentials in every section, and the new candidates in place of its own', () => {
    const answer = withFragment(FAKE_ANSWER, fragment);
    expect(answer.match(/a=ice-ufrag:.*/g)).toEqual([
      'a=ice-ufrag:newUfrag',
      'a=ice-ufrag:newUfrag',
    ]);
    expect(answer.match(/a=candidate:.*/g)).toEqual([`a=${CANDIDATE}`]);
    expect(answer.match(/a=end-of-candidates/g)).toHaveLength(1);
    expect(answer.indexOf('a=candidate')).toBeLessThan(answer.indexOf('m=video'));
    expect(credentialsIn(answer)).toEqual({ ufrag: 'newUfrag', pwd: 'newPassword00000000000' });
    const plain = (sdp: string) =>
      sdp.replace(/a=(ice-ufrag|ice-pwd|candidate|end-of-candidates).*\r\n/g, '');
    expect(plain(answer)).toBe(plain(FAKE_ANSWER));
  });

  it('keeps its candidates where the fragment names none', () => {
    const answer = withFragment(FAKE_ANSWER, { ...fragment, candidates: [] });
    expect(answer.match(/a=candidate:.*/g)).toEqual(FAKE_ANSWER.match(/a=candidate:.*/g));
  });

  it('has its candidates in the first section that was taken', () => {
    const refused = FAKE_ANSWER.replace('m=audio 9', 'm=audio 0');
    const answer = withFragment(refused, fragment);
    expect(answer.indexOf('a=candidate')).toBeGreaterThan(answer.indexOf('m=video'));
  });
});
