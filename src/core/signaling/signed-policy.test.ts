import { describe, expect, it } from 'vitest';
import { expiryOf } from './signed-policy.js';

const signed = (policy: unknown, encode = (text: string) => btoa(text)) =>
  new URL(`wss://host/app/key?policy=${encode(JSON.stringify(policy))}&signature=x`);
const url64 = (text: string) =>
  btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

describe('expiryOf', () => {
  it('reads when a signed address expires, however its policy is encoded', () => {
    const policy = { url_expire: 1_399_721_581_000, allow_ip: '???>>>' };
    expect(expiryOf(signed(policy))).toBe(1_399_721_581_000);
    expect(expiryOf(signed(policy, url64))).toBe(1_399_721_581_000);
    expect(expiryOf(signed({ url_expire: 9, stream_expire: 7 }))).toBe(7);
    expect(expiryOf(signed({ stream_expire: 7 }))).toBe(7);
  });

  it.each([
    new URL('wss://host/app/key'),
    new URL('wss://host/app/key?policy='),
    new URL('wss://host/app/key?policy=%%%'),
    new URL('wss://host/app/key?policy=bm9uZQ'),
    signed(null),
    signed([]),
    signed(7),
    signed({}),
    signed({ url_expire: 'soon' }),
    signed({ url_expire: -1, stream_expire: null }),
  ])('knows nothing of %s', (url) => {
    expect(expiryOf(url)).toBeNull();
  });
});
