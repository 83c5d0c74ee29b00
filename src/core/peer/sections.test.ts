import { describe, expect, it } from 'vitest';
import { candidatesIn, codecsIn, sectionsOf, sendingSections, transportsOf } from './sections.js';
import { noCommonCodec, sentMediaIn } from './sent-media.js';

/** A description of these media, each as `kind port mid lines…`; `bundle` names the mids in one. */
function sdpOf(bundle: readonly string[], ...media: readonly (readonly string[])[]): string {
  const group = bundle.length > 0 ? [`a=group:BUNDLE ${bundle.join(' ')}`] : [];
  const sections = media.flatMap(([kind, port, mid, ...lines]) => [
    `m=${kind} ${port} UDP/TLS/RTP/SAVPF 100`,
    ...(mid === '' ? [] : [`a=mid:${mid}`]),
    ...lines,
  ]);
  return ['v=0', 's=-', 't=0 0', ...group, ...sections, ''].join('\r\n');
}

const placesOf = (answer: string) => transportsOf(answer).map(({ index, mid }) => [index, mid]);

describe('transportsOf', () => {
  it.each([
    ['both taken', ['v', 'a'], ['9', '9'], [[0, 'v']]],
    ['the first refused', ['a'], ['0', '9'], [[1, 'a']]],
    ['the first refused, and still in the bundle', ['v', 'a'], ['0', '9'], [[1, 'a']]],
    ['the second refused', ['v'], ['9', '0'], [[0, 'v']]],
    ['both refused', [], ['0', '0'], []],
    [
      'no bundle',
      [],
      ['9', '9'],
      [
        [0, 'v'],
        [1, 'a'],
      ],
    ],
  ] as const)('finds where candidates go: %s', (_, bundle, [video, audio], places) => {
    const answer = sdpOf(bundle, ['video', video, 'v'], ['audio', audio, 'a']);
    expect(placesOf(answer)).toEqual(places);
  });

  it('finds the first of each bundle, and sections without a name', () => {
    const two = ['a=group:BUNDLE 0 1', 'a=group:BUNDLE 2 3'].join('\r\n');
    const answer = sdpOf([], ...['0', '1', '2', '3'].map((mid) => ['video', '9', mid]));
    expect(placesOf(answer.replace('t=0 0', `t=0 0\r\n${two}`))).toEqual([
      [0, '0'],
      [2, '2'],
    ]);
    expect(placesOf(sdpOf([], ['video', '0', ''], ['audio', '9', '']))).toEqual([[1, null]]);
    // Named like a part of another name.
    expect(placesOf(sdpOf(['10'], ['video', '9', '1'], ['audio', '9', '10']))).toHaveLength(2);
  });

  it('says nothing of what is no description', () => {
    for (const text of ['', 'v=0', 'm=', 'm=video']) expect(placesOf(text).length).toBeLessThan(2);
  });
});

describe('sectionsOf', () => {
  it('reads any end of line, and takes port 0 in a bundle for no refusal', () => {
    const offer = sdpOf(['0'], ['video', '9', '0'], ['audio', '0', '1', 'a=bundle-only']);
    for (const text of [
      offer,
      offer.replaceAll('\r\n', '\n'),
      offer.replaceAll('\r\n', '\r\n\n'),
    ]) {
      expect(sectionsOf(text).map(({ isRefused }) => isRefused)).toEqual([false, false]);
    }
  });

  it('lists the candidates of a section', () => {
    const [section] = sectionsOf(
      sdpOf([], ['video', '9', '0', 'a=candidate:1 1 udp 1 ::1 9 typ host']),
    );
    expect(section && candidatesIn(section)).toEqual(['candidate:1 1 udp 1 ::1 9 typ host']);
  });
});

describe('the media that a server takes', () => {
  const wanted = { video: null, audio: null };
  const offer = sdpOf(
    [],
    ['video', '9', '0', 'a=rtpmap:100 H266/90000', 'a=rtpmap:101 VP9/90000'],
    ['audio', '9', '1', 'a=rtpmap:100 secret/8000'],
  );

  it.each([
    ['9', 'a=sendonly', 'taken'],
    ['9', 'a=sendrecv', 'taken'],
    ['9', 'a=inactive', 'refused'],
    ['9', 'a=recvonly', 'refused'],
    ['0', 'a=sendonly', 'refused'],
  ] as const)('reads port %s and %s in the answer as %s', (port, direction, expected) => {
    const answer = sdpOf([], ['audio', '9', '0', 'a=sendonly'], ['video', port, '1', direction]);
    expect(sentMediaIn(answer, wanted)).toEqual({ video: expected, audio: 'taken' });
    expect(sentMediaIn(answer, { ...wanted, video: 'absent' }).video).toBe('left-out');
    expect(sendingSections(answer, 'audio')).toHaveLength(1);
  });

  it('names the codecs that it knows, and repeats nothing else of the offer', () => {
    expect(codecsIn(offer, 'video')).toEqual(['h266', 'vp9']);
    const error = noCommonCodec(offer, { video: 'refused', audio: 'refused' });
    expect(error.code).toBe('no-common-codec');
    expect(error.message).toContain('VP9');
    expect(error.message).not.toMatch(/secret|H266|firewall/);
    const picture = noCommonCodec(offer, { video: 'refused', audio: 'left-out' });
    expect(picture.message).not.toContain('sound');
  });
});
