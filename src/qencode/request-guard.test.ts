import { describe, expect, it } from 'vitest';
import { createLiveClient } from './live-client.js';
import { createSessionHandler } from './session-handler.js';
import type { SessionHandlerOptions } from './session-options.js';

/** The URL that a self-hosted framework makes up, whatever the browser asked for. */
const MADE_UP = 'http://localhost:3000/api/broadcast?session=x';

interface Attempt {
  readonly url?: string;
  readonly headers: Record<string, string> | [string, string][];
  readonly options?: Partial<SessionHandlerOptions>;
}

/** The answer's status: 403 for a foreign page, 404 for one that got as far as its session. */
async function statusesOf({ url = MADE_UP, headers, options = {} }: Attempt) {
  const handler = createSessionHandler({
    client: createLiveClient({ apiKey: 'key-5ec', fetch: () => Promise.reject(new Error('No.')) }),
    authorize: () => ({ caller: 'ann' }),
    ...options,
  });
  const statuses = new Set<number>();
  for (const method of ['GET', 'PUT', 'DELETE']) {
    const response = await handler(new Request(url, { method, headers }));
    statuses.add(response.status);
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  }
  return [...statuses];
}

const SAME = { 'sec-fetch-site': 'same-origin' };
const PROXY = { options: { trustProxy: true } };
const OWN = { options: { origin: 'https://app.example' } };

describe('the server’s own pages are let in', () => {
  it.each<[string, Attempt]>([
    ['whose browser says so', { headers: { ...SAME, origin: 'https://app.example' } }],
    ['whose browser says so without an origin', { headers: SAME }],
    ['that hide their origin', { headers: { ...SAME, origin: 'null' } }],
    [
      'whose browser says so, whatever the proxy changed',
      { headers: { ...SAME, origin: 'https://app.example', host: '10.0.0.7:8080' }, ...OWN },
    ],
    ['by Host', { headers: { origin: 'http://app.example:3000', host: 'app.example:3000' } }],
    [
      'over TLS that ends before us',
      { headers: { origin: 'https://app.example', host: 'app.example' } },
    ],
    [
      'with the port written out',
      { headers: { origin: 'https://app.example', host: 'app.example:443' } },
    ],
    ['in another case', { headers: { origin: 'http://app.example', host: 'APP.Example' } }],
    ['with a dot at the end', { headers: { origin: 'http://app.example.', host: 'app.example.' } }],
    ['on IPv4', { headers: { origin: 'http://192.168.1.5:3000', host: '192.168.1.5:3000' } }],
    ['on IPv6', { headers: { origin: 'http://[fd00::5]:3000', host: '[fd00::5]:3000' } }],
    ['on IPv6, spelt out', { headers: { origin: 'http://[fd00::5]', host: '[FD00:0:0::5]' } }],
    [
      'by the URL where there is no Host',
      { url: 'https://app.example/x', headers: { origin: 'https://app.example' } },
    ],
    ['by name', { headers: { origin: 'https://app.example', host: '10.0.0.7' }, ...OWN }],
    ['typed in', { headers: { 'sec-fetch-site': 'none' } }],
    [
      'typed in, with an origin',
      { headers: { 'sec-fetch-site': 'none', origin: 'http://app.example', host: 'app.example' } },
    ],
    ['and programs, which send nothing', { headers: { host: 'app.example' } }],
    [
      'behind a proxy that is trusted',
      {
        headers: {
          origin: 'https://app.example',
          host: '10.0.0.7',
          'x-forwarded-host': 'app.example',
          'x-forwarded-proto': 'https',
        },
        ...PROXY,
      },
    ],
    [
      'behind two proxies that agree',
      {
        headers: {
          origin: 'https://app.example:8443',
          host: '10.0.0.7',
          'x-forwarded-host': 'app.example:8443, app.example:8443',
          'x-forwarded-proto': 'https,https',
        },
        ...PROXY,
      },
    ],
    [
      'behind a trusted proxy that sets nothing',
      { headers: { origin: 'https://app.example', host: 'app.example' }, ...PROXY },
    ],
  ])('%s', async (_what, attempt) => {
    expect(await statusesOf(attempt)).toEqual([404]);
  });
});

describe('other pages are not', () => {
  const host = 'app.example';
  it.each<[string, Attempt]>([
    [
      'on a sibling domain',
      { headers: { 'sec-fetch-site': 'same-site', origin: 'https://evil.app.example', host } },
    ],
    [
      'on a sibling domain, without an origin',
      { headers: { 'sec-fetch-site': 'same-site', host } },
    ],
    [
      'on another site',
      { headers: { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example', host } },
    ],
    ['on another site, without an origin', { headers: { 'sec-fetch-site': 'cross-site', host } }],
    [
      'that claim our origin while the browser denies it',
      { headers: { 'sec-fetch-site': 'cross-site', origin: 'http://app.example', host } },
    ],
    [
      'that claim our configured origin while the browser denies it',
      { headers: { 'sec-fetch-site': 'same-site', origin: 'https://app.example', host }, ...OWN },
    ],
    ['with a word that no browser sends', { headers: { 'sec-fetch-site': 'Same-Origin', host } }],
    ['with an empty word', { headers: { 'sec-fetch-site': '', host } }],
    [
      'with two words',
      {
        headers: [
          ['sec-fetch-site', 'same-origin'],
          ['sec-fetch-site', 'cross-site'],
          ['host', host],
        ],
      },
    ],
    ['that are opaque', { headers: { origin: 'null', host } }],
    [
      'that are opaque and typed in',
      { headers: { 'sec-fetch-site': 'none', origin: 'null', host } },
    ],
    [
      'that are foreign and typed in',
      { headers: { 'sec-fetch-site': 'none', origin: 'https://evil.example', host } },
    ],
    ['on another host', { headers: { origin: 'https://evil.example', host } }],
    ['on another port', { headers: { origin: 'http://app.example:8080', host } }],
    ['on the port of another scheme', { headers: { origin: 'http://app.example:443', host } }],
    [
      'without TLS where the server has it',
      { url: 'https://app.example/x', headers: { origin: 'http://app.example', host } },
    ],
    ['with a dot at the end', { headers: { origin: 'https://app.example.', host } }],
    [
      'without the dot at the end',
      { headers: { origin: 'https://app.example', host: 'app.example.' } },
    ],
    [
      'with two origins',
      {
        headers: [
          ['origin', 'http://app.example'],
          ['origin', 'https://evil.example'],
          ['host', host],
        ],
      },
    ],
    [
      'with the same origin twice',
      { headers: { origin: 'http://app.example, http://app.example', host } },
    ],
    ['with a path in the origin', { headers: { origin: 'http://app.example/evil', host } }],
    [
      'with a person in the origin',
      { headers: { origin: 'http://app.example@evil.example', host } },
    ],
    [
      'with a person in the host',
      { headers: { origin: 'http://evil.example', host: 'app.example@evil.example' } },
    ],
    [
      'with a path in the host',
      { headers: { origin: 'http://evil.example', host: 'evil.example/app.example' } },
    ],
    [
      'with two hosts',
      { headers: { origin: 'http://evil.example', host: 'app.example, evil.example' } },
    ],
    ['of another scheme', { headers: { origin: 'ftp://app.example', host } }],
    ['of no scheme', { headers: { origin: 'app.example', host } }],
    ['of a file', { headers: { origin: 'file://', host } }],
    ['on the made-up URL', { headers: { origin: 'http://localhost:3000', host } }],
    [
      'on Host where the origin is named',
      { headers: { origin: 'https://10.0.0.7', host: '10.0.0.7' }, ...OWN },
    ],
    [
      'named by a proxy that nobody trusts',
      {
        headers: {
          origin: 'https://evil.example',
          host,
          'x-forwarded-host': 'evil.example',
          'x-forwarded-proto': 'https',
          forwarded: 'host=evil.example;proto=https',
        },
      },
    ],
    [
      'named by Forwarded',
      {
        headers: {
          origin: 'https://evil.example',
          host,
          forwarded: 'host=evil.example;proto=https',
        },
        ...PROXY,
      },
    ],
    [
      'named first by whoever is before the trusted proxy',
      {
        headers: {
          origin: 'https://evil.example',
          host,
          'x-forwarded-host': 'evil.example, app.example',
          'x-forwarded-proto': 'https',
        },
        ...PROXY,
      },
    ],
    [
      'named last by whoever is before the trusted proxy',
      {
        headers: {
          origin: 'https://evil.example',
          host,
          'x-forwarded-host': 'app.example, evil.example',
        },
        ...PROXY,
      },
    ],
    [
      'on Host where the trusted proxy names another',
      {
        headers: { origin: 'http://app.example', host, 'x-forwarded-host': 'other.example' },
        ...PROXY,
      },
    ],
    [
      'without TLS where the trusted proxy says that it has it',
      {
        headers: {
          origin: 'http://app.example',
          host,
          'x-forwarded-host': host,
          'x-forwarded-proto': 'https',
        },
        ...PROXY,
      },
    ],
    [
      'where the trusted proxy names nobody',
      { headers: { origin: 'http://app.example', host, 'x-forwarded-host': '' }, ...PROXY },
    ],
  ])('%s', async (_what, attempt) => {
    expect(await statusesOf(attempt)).toEqual([403]);
  });
});

describe('pages that are allowed by name', () => {
  const handler = createSessionHandler({
    client: createLiveClient({ apiKey: 'key-5ec' }),
    authorize: () => ({ caller: 'ann' }),
    allowedOrigins: ['https://studio.example', undefined],
  });
  const ask = (headers: Readonly<Record<string, string>>, method = 'GET') =>
    handler(new Request(MADE_UP, { method, headers: { ...headers } }));

  it.each(['cross-site', 'same-site', 'same-origin', 'none', undefined])(
    'are served with Sec-Fetch-Site %s',
    async (site) => {
      const sent = { origin: 'https://studio.example', ...(site && { 'sec-fetch-site': site }) };
      const response = await ask(sent);
      expect(response.status).toBe(404);
      expect(response.headers.get('access-control-allow-origin')).toBe('https://studio.example');
      expect((await ask(sent, 'OPTIONS')).status).toBe(204);
    },
  );

  it.each(['https://studio.example:444', 'http://studio.example', 'https://x.studio.example'])(
    'are no others, such as %s',
    async (origin) => {
      for (const method of ['GET', 'OPTIONS']) {
        const response = await ask({ origin, 'sec-fetch-site': 'cross-site' }, method);
        expect(response.status).toBe(403);
        expect(response.headers.get('access-control-allow-origin')).toBeNull();
      }
    },
  );
});
