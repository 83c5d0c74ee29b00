import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRtmpTarget, readSrtTarget } from './encoder-address.js';

const KEY = '0b5cf0de-9f2c-4a31-8a9e-5c8e2f1d7a60';
const encoded = encodeURIComponent;

describe('an RTMP address', () => {
  const read = (said: { app?: string; name?: string; tcUrl?: string }) =>
    readRtmpTarget({ app: '', name: '', tcUrl: '', ...said });
  it.each([
    ['qlive', KEY],
    ['qlive/', KEY],
    ['/qlive', KEY],
    ['//qlive//', `//${KEY}//`],
    ['qlive', `/${KEY}`],
    ['qlive', `${KEY}/`],
    ['qlive', `${KEY}?a=b&c=d`],
    ['qlive?a=b/c', KEY],
    ['qlive/?a=b', `${KEY}?c`],
    ['qlive', `?a=b`, `rtmp://host:1935/qlive/${KEY}`],
    ['qlive/_definst_', KEY],
    [`qlive/${KEY}`, ''],
    [`qlive//${KEY}/`, ''],
    [`qlive/${KEY}?a=b`, ''],
    [`qlive/${KEY}`, KEY],
    ['', `qlive/${KEY}`],
    ['', KEY],
    ['', KEY, 'rtmp://host/qlive'],
    [KEY, ''],
    ['', '', `rtmp://host:1935/qlive/${KEY}`],
    ['qlive', '', `rtmps://host/qlive/${KEY}?x`],
    ['qlive', `rtmp://host:1935/qlive/${KEY}`],
    ['qlive', `qlive/${KEY}`],
    ['qlive', encoded(`/${KEY}?a=b`)],
    [encoded(`qlive/${KEY}`), ''],
    ['qlive', encoded(encoded(KEY))],
    [' qlive ', ` ${KEY} `],
  ])('of application "%s" and name "%s" is that of the stream', (app, name, tcUrl = '') => {
    expect(read({ app, name, tcUrl })).toEqual({ keys: [KEY] });
  });

  it('takes a key that has to be percent-encoded', () => {
    expect(read({ app: 'qlive', name: 'a%2Bb c%C3%A9' })).toEqual({ keys: ['a+b cé'] });
    expect(read({ app: 'qlive', name: '100%' })).toEqual({ keys: ['100%'] });
  });

  it('is refused in words without a key, and with another application', () => {
    expect(read({ app: 'qlive' }).refusal?.reason).toMatch(/no stream key/);
    expect(read({}).refusal?.reason).toMatch(/no stream key/);
    expect(read({ app: 'live', name: KEY }).refusal?.reason).toMatch(/another application/);
    expect(read({ app: 'qlive/x', name: KEY }).refusal?.reason).not.toContain(KEY);
  });

  it('may put slashes and queries anywhere', () => {
    const slashes = fc.stringMatching(/^\/{0,3}$/);
    const query = fc.constantFrom('', '?', '?a=b', '?a=b/c&d', '?rtmp://x');
    fc.assert(
      fc.property(slashes, slashes, slashes, slashes, query, query, (a, b, c, d, one, two) => {
        const target = read({ app: `${a}qlive${b}${one}`, name: `${c}${KEY}${d}${two}` });
        expect(target).toEqual({ keys: [KEY] });
      }),
    );
  });
});

describe('an SRT stream id', () => {
  const firstKey = (streamId: string) => readSrtTarget(streamId).keys?.[0];
  it.each([
    KEY,
    ` ${KEY}`,
    `/${KEY}`,
    `qlive/${KEY}`,
    `/qlive/${KEY}?a=b`,
    `publish:${KEY}`,
    `publish/${KEY}`,
    `PUBLISH:qlive/${KEY}`,
    `push:${KEY}`,
    `srt://host:9999/qlive/${KEY}`,
    `srt://host:9999?streamid=${KEY}`,
    `srt://host:9999?mode=caller&streamid=${encoded(`#!::r=${KEY}`)}`,
    encoded(`srt://host:9999/qlive/${KEY}`),
    `#!::r=${KEY}`,
    `#!::r=${KEY},m=publish`,
    `#!::m=publish,r=${KEY}`,
    `#!::M=PUBLISH,R=${KEY}`,
    `#!:: r = ${KEY} , m = publish `,
    `#!::u=admin,r=qlive/${KEY},m=publish,s=1234,t=stream,h=host.example`,
    `#!::bmd_uuid=1,bmd_name=a b,u=x,r=/${KEY}/,zz`,
    `#!::r=${encoded(`qlive/${KEY}`)},m=publish`,
    encoded(`#!::r=${KEY},m=publish`),
    encoded(encoded(`#!::r=${KEY},m=publish`)),
    `#!::h=host.example/qlive/${KEY},m=publish`,
    `#!::m=publish,u=${KEY}`,
    `#!::m=bidirectional,r=${KEY}`,
    `#!:{r=${KEY},m=publish}`,
    `#!:{u=admin,r=${KEY},more={m=request,r=other},m=publish}`,
    `#!:{more={a={r=x,m=request}},r=${KEY}}`,
  ])('"%s" names the stream', (streamId) => {
    expect(firstKey(streamId)).toBe(KEY);
  });

  it.each([
    [`#!::r=${KEY},m=request`, 'wrong-mode', /m=publish/],
    [`#!:{m=request,r=${KEY}}`, 'wrong-mode', /WebRTC or HLS/],
    [`#!::r=${KEY},m=teleport`, 'wrong-mode', /mode/],
    [`#!::r=${KEY},m=publish,t=file`, 'wrong-type', /t=stream/],
    [`#!::r=${KEY},t=auth`, 'wrong-type', /t=stream/],
    [`read:${KEY}`, 'wrong-mode', /m=publish/],
    [`play/${KEY}`, 'wrong-mode', /m=publish/],
    ['', 'not-found', /no stream key/],
    ['qlive/', 'not-found', /no stream key/],
    ['#!::m=publish', 'not-found', /r=<stream key>/],
    ['#!:', 'not-found', /r=<stream key>/],
  ])('"%s" is refused in words', (streamId, why, words) => {
    const { refusal } = readSrtTarget(streamId);
    expect(refusal?.why).toBe(why);
    expect(refusal?.reason).toMatch(words);
    expect(refusal?.reason).not.toContain(KEY);
  });

  it('may have its fields in any order, and fields that nobody knows', () => {
    const fields = [
      `r=${KEY}`,
      'm=publish',
      'u=me',
      's=7',
      't=stream',
      'h=a.example',
      'x=y',
      'zz=',
    ];
    fc.assert(
      fc.property(
        fc.shuffledSubarray(fields, { minLength: 1 }).filter((some) => some.includes(`r=${KEY}`)),
        fc.boolean(),
        fc.boolean(),
        (some, isNested, isEncoded) => {
          const syntax = isNested ? `#!:{${some.join(',')}}` : `#!::${some.join(',')}`;
          expect(firstKey(isEncoded ? encoded(syntax) : syntax)).toBe(KEY);
        },
      ),
    );
  });

  it('may be any text', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, two) => {
        readSrtTarget(one);
        readSrtTarget(`#!:${one}`);
        readRtmpTarget({ app: one, name: two, tcUrl: one });
      }),
    );
  });
});
