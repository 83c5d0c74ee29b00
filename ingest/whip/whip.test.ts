import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  type Fault,
  type Ingest,
  type IngestEvent,
  type IngestOptions,
  startIngest,
} from '../index.js';
import { LIMITS } from '../options/limits.js';
import { decode } from '../testing/probe.js';
import { makeClip } from '../testing/test-clips.js';
import { type Clip, publish, publishOverWhip } from '../testing/test-publisher.js';
import { watch } from '../testing/test-viewer.js';
import { waitUntil } from '../testing/wait-until.js';

/** Chromium's offer for a microphone and a camera, plain and in simulcast. */
const offers: Readonly<Record<'plain' | 'simulcast', readonly string[]>> = JSON.parse(
  readFileSync(new URL('./browser-offers.json', import.meta.url), 'utf8'),
);
const offerOf = (name: keyof typeof offers) => `${offers[name].join('\r\n')}\r\n`;

let folder: string;
let h264: Clip;
let vp8: Clip;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ingest-whip-'));
  [h264, vp8] = await Promise.all([makeClip('H264'), makeClip('VP8')]);
});
afterAll(() => rm(folder, { recursive: true }));

let ingest: Ingest;
let open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.map((each) => each.close()));
  open = [];
  await ingest.close();
});

async function start(options: IngestOptions = {}) {
  ingest = await startIngest(options);
  return ingest.openStream();
}
const whipUrl = (webSocketUrl: string, query = '') =>
  `${webSocketUrl.replace(/^ws/, 'http')}?direction=whip${query}`;
const post = (url: string, init: RequestInit = {}) =>
  fetch(url, {
    method: 'POST',
    body: offerOf('plain'),
    ...init,
    headers: { 'content-type': 'application/sdp', ...init.headers },
  });
const sessionOf = (response: Response) =>
  new URL(response.headers.get('location') ?? '', response.url).href;
const FRAGMENT =
  'a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n';
const patch = (url: string, headers: Record<string, string> = {}, body = FRAGMENT) =>
  fetch(url, {
    method: 'PATCH',
    body,
    headers: { 'content-type': 'application/trickle-ice-sdpfrag', ...headers },
  });

describe('WHIP', () => {
  it.each(['H264', 'VP8'] as const)(
    'goes the way of every broadcast, in %s: counted, watched, recorded, resumed',
    async (codec) => {
      const stream = await start();
      const { stream_key: key, id, server_urls } = stream;
      const url = whipUrl(server_urls.webrtc);
      const publisher = await publishOverWhip(url, codec === 'H264' ? h264 : vp8);
      open.push(publisher);
      await waitUntil(() => (ingest.inspect(key)?.keyFrames ?? 0) > 0, 'a key frame arrives');
      await waitUntil(() => (ingest.inspect(key)?.audioPackets ?? 0) > 0, 'sound arrives');
      expect(ingest.inspect(key)).toMatchObject({
        codec,
        status: 'live',
        transport: 'udp',
        ignoredPackets: 0,
        width: 320,
        height: 180,
      });
      const viewer = await watch(server_urls.webrtc);
      open.push(viewer);
      const file = join(folder, `${codec}.${codec === 'H264' ? 'mp4' : 'webm'}`);
      await ingest.startRecording(key, file);
      await waitUntil(() => viewer.packets.video > 10, 'the viewer gets media');
      await waitUntil(() => (ingest.inspect(key)?.frames ?? 0) > 60, 'two seconds arrive');
      await ingest.stopRecording(key);
      expect(await decode(file, 1)).toBe('');
      expect((await fetch(publisher.session, { method: 'DELETE' })).status).toBe(200);
      expect(ingest.getStream(id)?.status).toBe('idle');
      const again = await publishOverWhip(url, codec === 'H264' ? h264 : vp8);
      open.push(again);
      await waitUntil(() => ingest.getStream(id)?.status === 'live', 'it resumes');
      expect(ingest.inspect(key)?.sessions).toBe(2);
      ingest.stopStream(id);
      expect(ingest.inspect(key)).toMatchObject({ publishing: false, status: 'stopped' });
    },
  );

  it('answers a browser as OvenMediaEngine does', async () => {
    const { stream_key: key, server_urls } = await start();
    const response = await post(whipUrl(server_urls.webrtc), {
      headers: { origin: 'http://localhost:5173' },
    });
    expect(response.status).toBe(201);
    const headers = Object.fromEntries(response.headers);
    expect(headers).toMatchObject({
      'content-type': 'application/sdp',
      'access-control-allow-origin': 'http://localhost:5173',
      'access-control-expose-headers': 'Location, Link, ETag',
      etag: expect.stringMatching(/^\w{8}$/),
      location: expect.stringMatching(
        new RegExp(`^/live-[0-9a-f]+/qlive/${key}/\\w{8}\\?direction=whip$`),
      ),
    });
    expect(headers['link']).toBeUndefined();
    const lines = (await response.text()).split('\r\n');
    expect(lines.filter((line) => line.startsWith('m='))).toEqual([
      'm=audio 9 UDP/TLS/RTP/SAVPF 111',
      'm=video 9 UDP/TLS/RTP/SAVPF 96 97 102 103 104 107 108 109 114 115 116 117 39 40',
    ]);
    expect(lines.filter((line) => /^a=(recvonly|setup:passive|rtcp-mux)$/.test(line))).toHaveLength(
      6,
    );
    expect(lines.filter((line) => line === 'a=end-of-candidates')).toHaveLength(2);
    expect(lines).toContain('a=group:BUNDLE 0 1');
    expect(lines).toContain('a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid');
    expect(
      lines.some((line) => /^a=candidate:\d+ 1 UDP 50 127\.0\.0\.1 \d+ typ host$/.test(line)),
    ).toBe(true);
    expect(lines.some((line) => /a=(simulcast|rid|sendonly)/.test(line))).toBe(false);
  });

  it('holds the name, and gives it back on DELETE, or when nothing was heard for long', async () => {
    const { stream_key: key, server_urls } = await start({ timeScale: 30 });
    const url = whipUrl(server_urls.webrtc);
    const first = await post(url);
    const second = await post(url);
    expect([second.status, await second.text()]).toEqual([409, 'Stream is already exist']);
    expect((await fetch(sessionOf(first), { method: 'DELETE' })).status).toBe(200);
    expect((await fetch(sessionOf(first), { method: 'DELETE' })).status).toBe(404);
    const third = await post(url);
    expect(third.status).toBe(201);
    expect((await fetch(sessionOf(first), { method: 'DELETE' })).status).toBe(404);
    expect(ingest.inspect(key)?.publishing).toBe(true);
    await waitUntil(() => ingest.inspect(key)?.publishing === false, 'the ghost is given up');
    await waitUntil(() => ingest.openPeers === 0, 'no peer stays');
    expect((await fetch(sessionOf(third), { method: 'DELETE' })).status).toBe(404);
  });

  it('shares the name with sockets', async () => {
    const { server_urls } = await start();
    open.push(await publish(server_urls.webrtc, vp8));
    expect((await post(whipUrl(server_urls.webrtc))).status).toBe(409);
    const other = ingest.openStream();
    open.push(await publishOverWhip(whipUrl(other.server_urls.webrtc), vp8));
    await expect(publish(other.server_urls.webrtc, vp8)).rejects.toThrow('Cannot create offer');
  });

  it('refuses in words whoever comes to the wrong place, or with the wrong thing', async () => {
    const { id, stream_key: key, server_urls } = await start();
    const url = whipUrl(server_urls.webrtc);
    const short = `${ingest.url}/qlive/${key}?direction=whip`;
    const answers = async (response: Promise<Response>) => {
      const { status, headers } = await response;
      expect(headers.get('content-type')).toBe('text/plain; charset=utf-8');
      return [status, await (await response).text()];
    };
    expect(await answers(post(short.replace('qlive', 'app')))).toEqual([
      404,
      'Could not find application',
    ]);
    expect(await answers(post(short.replace(key, 'nobody')))).toEqual([
      404,
      'Could not find stream',
    ]);
    expect(await answers(post(url.replace(/live-\w+/, 'live-0')))).toEqual([
      404,
      'Could not find stream',
    ]);
    expect(await answers(post(short, { body: '' }))).toEqual([400, 'Could not parse SDP']);
    expect(await answers(post(short.replace(key, `${key}/abc`)))).toEqual([400, 'Invalid URI']);
    expect(await answers(patch(short))).toEqual([400, 'Invalid URI']);
    expect(await answers(fetch(short, { method: 'DELETE' }))).toEqual([400, 'Invalid URI']);
    expect((await post(short, { headers: { 'content-type': 'text/plain' } })).status).toBe(201);
    ingest.stopStream(id);
    expect(await answers(post(short))).toEqual([404, 'Could not find stream']);
    expect((await fetch(short)).status).toBe(404);
  });

  it('answers preflights', async () => {
    const { stream_key: key } = await start();
    const ask = (app: string, origin = 'http://localhost:5173') =>
      fetch(`${ingest.url}/${app}/${key}?direction=whip`, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'content-type, oven-capabilities',
        },
      });
    const answer = await ask('qlive');
    expect(answer.status).toBe(200);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'access-control-allow-methods': 'OPTIONS, POST, PATCH, DELETE',
      'access-control-allow-headers': 'content-type, oven-capabilities',
      'access-control-allow-private-network': 'true',
    });
    expect((await ask('app')).status).toBe(404);
    expect((await ask('qlive', 'https://evil.example')).status).toBe(403);
  });

  it('answers every PATCH 204 and ignores it, as OvenMediaEngine does', async () => {
    const { server_urls } = await start();
    const session = sessionOf(await post(whipUrl(server_urls.webrtc)));
    expect((await patch(session, { 'if-match': 'nonsense' })).status).toBe(204);
    expect((await patch(session, { 'if-match': '*' })).status).toBe(204);
    expect((await patch(session.replace(/\/\w{8}\?/, '/another?'))).status).toBe(204);
    expect((await patch(session, {}, '')).status).toBe(400);
    expect((await patch(session, {}, 'nonsense')).status).toBe(400);
  });

  it('names ICE servers where the transport asks for them', async () => {
    const turn = {
      urls: ['turn:127.0.0.1:3478?transport=tcp'],
      username: 'a,b"c',
      credential: 'p;q',
    };
    const { server_urls } = await start({ iceServers: [turn, { urls: ['stun:127.0.0.1:3478'] }] });
    expect(
      (await post(whipUrl(server_urls.webrtc, '&transport=udp'))).headers.get('link'),
    ).toBeNull();
    const other = ingest.openStream();
    const { headers } = await post(whipUrl(other.server_urls.webrtc, '&transport=tcp'));
    expect(headers.get('link')).toBe(
      '<turn:127.0.0.1:3478?transport=tcp>; rel="ice-server"; username="a,b\\"c"; credential="p;q"; credential-type="password", <stun:127.0.0.1:3478>; rel="ice-server"',
    );
  });

  it('asks for a token only where it was told to', async () => {
    const { server_urls } = await start({ whipToken: 'secret' });
    const url = whipUrl(server_urls.webrtc);
    const bare = await post(url);
    expect([bare.status, bare.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    expect((await post(url, { headers: { authorization: 'Bearer another' } })).status).toBe(401);
    const authorization = 'Bearer secret';
    const created = await post(url, { headers: { authorization } });
    expect(created.status).toBe(201);
    const session = sessionOf(created);
    expect((await patch(session)).status).toBe(401);
    expect((await fetch(session, { method: 'DELETE' })).status).toBe(401);
    expect((await fetch(session, { method: 'DELETE', headers: { authorization } })).status).toBe(
      200,
    );
  });
});

describe('WHIP by the standard', () => {
  const tagOf = ({ headers }: Response) => headers.get('etag') ?? '';

  it('checks what a PATCH says', async () => {
    const { server_urls } = await start({ whip: 'rfc9725' });
    const url = whipUrl(server_urls.webrtc);
    expect((await post(url, { headers: { 'content-type': 'text/plain' } })).status).toBe(415);
    const created = await post(url);
    const session = sessionOf(created);
    expect(tagOf(created)).toMatch(/^"\w{8}"$/);
    expect(created.headers.get('accept-patch')).toBe('application/trickle-ice-sdpfrag');
    expect((await patch(session)).status).toBe(428);
    expect((await patch(session, { 'if-match': '"another"' })).status).toBe(412);
    expect((await patch(session, { 'if-match': tagOf(created) })).status).toBe(204);
    expect((await patch(session, { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await patch(session.replace(/\/\w{8}\?/, '/another?'))).status).toBe(404);
  });

  it('restarts ICE: new names for both, media goes on, the old entity tag is stale', async () => {
    const { stream_key: key, server_urls } = await start({ whip: 'rfc9725' });
    const publisher = await publishOverWhip(whipUrl(server_urls.webrtc), vp8);
    open.push(publisher);
    const { connection, created, session } = publisher;
    await waitUntil(() => (ingest.inspect(key)?.keyFrames ?? 0) > 0, 'a key frame arrives');
    const before = connection.remoteDescription?.sdp ?? '';
    await connection.setLocalDescription(await connection.createOffer({ iceRestart: true }));
    const offer = connection.localDescription?.sdp ?? '';
    const lineOf = (sdp: string, name: string) =>
      new RegExp(`^a=${name}:.*$`, 'm').exec(sdp)?.[0] ?? '';
    const body = [
      lineOf(offer, 'ice-ufrag'),
      lineOf(offer, 'ice-pwd'),
      'm=audio 9 UDP/TLS/RTP/SAVPF 97',
      'a=mid:0',
      '',
    ].join('\r\n');
    const answer = await patch(session, { 'if-match': '*' }, body);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/trickle-ice-sdpfrag');
    expect(tagOf(answer)).not.toBe(tagOf(created));
    const fragment = await answer.text();
    expect(fragment).toContain('a=mid:0\r\na=candidate:');
    expect(lineOf(fragment, 'ice-ufrag')).not.toBe(lineOf(before, 'ice-ufrag'));
    const sdp = before
      .replace(/^a=ice-ufrag:.*$/gm, lineOf(fragment, 'ice-ufrag'))
      .replace(/^a=ice-pwd:.*$/gm, lineOf(fragment, 'ice-pwd'));
    await connection.setRemoteDescription({ type: 'answer', sdp });
    // werift would check the new session only if DTLS had to begin anew, too.
    connection.iceTransports[0]?.start().catch(() => {});
    const { packets = 0 } = ingest.inspect(key) ?? {};
    await waitUntil(
      () => (ingest.inspect(key)?.packets ?? 0) > packets + 50,
      'media goes on over the new session',
    );
    expect(ingest.inspect(key)).toMatchObject({ sessions: 1, connected: true });
    expect((await patch(session, { 'if-match': tagOf(created) })).status).toBe(412);
    expect((await fetch(session, { method: 'DELETE' })).status).toBe(200);
  });
});

describe('faults of WHIP', () => {
  it('redirect to the other address, on this origin or another', async () => {
    const { stream_key: key } = await start();
    const short = `${ingest.url}/qlive/${key}?direction=whip&extra=1`;
    ingest.setFault({ kind: 'redirect', status: 308 }, key);
    const answer = await post(short, { redirect: 'manual' });
    expect(answer.status).toBe(308);
    expect(answer.headers.get('location')).toMatch(/^\/live-\w+\/qlive\/.*extra=1&redirected=1$/);
    const followed = await post(short);
    expect(followed.status).toBe(201);
    await fetch(sessionOf(followed), { method: 'DELETE' });
    ingest.setFault({ kind: 'redirect', to: 'other' }, key);
    expect((await post(short)).url).toContain('//localhost:');
  });

  it.each([
    [
      { kind: 'refuse', status: 503, retryAfterSeconds: 2 },
      {
        'retry-after': '2',
        'access-control-expose-headers': expect.stringContaining('Retry-After'),
      },
      /fault/,
    ],
    [
      { kind: 'refuse', status: 502, body: 'html' },
      { 'content-type': 'text/html; charset=utf-8' },
      /502 Bad/,
    ],
    [
      { kind: 'refuse', status: 422, body: 'problem' },
      { 'content-type': 'application/problem+json' },
      /"status":422/,
    ],
    [{ kind: 'refuse', status: 401 }, { 'www-authenticate': 'Bearer' }, /fault/],
    [{ kind: 'refuse', status: 500, body: 'huge' }, {}, /^v+$/],
  ] as const)('refuse: %j', async (fault, headers, body) => {
    const { stream_key: key, server_urls } = await start();
    ingest.setFault({ ...fault, count: 1 }, key);
    const origin = 'http://localhost:5173';
    const answer = await post(whipUrl(server_urls.webrtc), { headers: { origin } });
    expect(answer.status).toBe(fault.status);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'access-control-allow-origin': origin,
      ...headers,
    });
    expect(await answer.text()).toMatch(body);
    expect((await post(whipUrl(server_urls.webrtc))).status).toBe(201);
  });

  it('refuse one method alone, and without a word to pages', async () => {
    const { stream_key: key, server_urls } = await start();
    ingest.setFault({ kind: 'refuse', status: 405, method: 'PATCH', withoutCors: true }, key);
    const session = sessionOf(await post(whipUrl(server_urls.webrtc)));
    const refused = await patch(session, { origin: 'http://localhost:5173' });
    expect(refused.status).toBe(405);
    expect(
      [...refused.headers.keys()].filter((name) => name.startsWith('access-control-')),
    ).toEqual([]);
    expect((await fetch(session, { method: 'DELETE' })).status).toBe(200);
  });

  it('answer oddly, over a session that is a good one', async () => {
    const { id, stream_key: key } = await start();
    const url = `${ingest.url}/qlive/${key}?direction=whip`;
    const answered = async (fault: Omit<Extract<Fault, { kind: 'odd-answer' }>, 'kind'>) => {
      ingest.setFault({ kind: 'odd-answer', ...fault }, key);
      const answer = await post(url);
      expect(ingest.inspect(key)?.publishing).toBe(true);
      ingest.stopStream(id);
      ingest.startStream(id);
      return answer;
    };
    const location = async (form: 'absolute' | 'path' | 'relative' | 'missing') =>
      (await answered({ location: form })).headers.get('location');
    expect(await location('absolute')).toMatch(
      /^http:\/\/127\.0\.0\.1:\d+\/qlive\/.*direction=whip$/,
    );
    expect(await location('path')).toMatch(/^\/qlive\/.*direction=whip$/);
    expect(await location('relative')).toMatch(new RegExp(`^${key}/\\w{8}\\?direction=whip$`));
    expect(await location('missing')).toBeNull();
    const etag = async (form: 'quoted' | 'bare' | 'missing') =>
      (await answered({ etag: form })).headers.get('etag');
    expect(await etag('quoted')).toMatch(/^"\w{8}"$/);
    expect(await etag('bare')).toMatch(/^\w{8}$/);
    expect(await etag('missing')).toBeNull();
    const html = await answered({ status: 200, contentType: 'text/html', body: 'html' });
    expect([html.status, html.headers.get('content-type')]).toEqual([200, 'text/html']);
    expect(await html.text()).toContain('502 Bad Gateway');
    expect(await (await answered({ body: 'empty' })).text()).toBe('');
    expect(await (await answered({ body: 'huge' })).text()).toHaveLength(8 * 1024 * 1024);
    expect(await (await answered({ body: 'of-another-offer' })).text()).toContain('a=mid:another');
    const { body } = await answered({ body: 'unfinished' });
    const begun = await body?.getReader().read();
    expect(new TextDecoder().decode(begun?.value)).toMatch(/^v=0/);
  });

  it('answer late, or never', async () => {
    const { stream_key: key, server_urls } = await start();
    const url = whipUrl(server_urls.webrtc);
    ingest.setFault({ kind: 'no-offer' }, key);
    const asking = AbortSignal.timeout(200);
    await expect(post(url, { signal: asking })).rejects.toThrow();
    ingest.setFault({ kind: 'slow-offer', delayMs: 300 }, key);
    await expect(post(url, { signal: AbortSignal.timeout(100) })).rejects.toThrow();
    // Whoever went away before the answer leaves nothing behind.
    const answer = await post(url);
    expect(answer.status).toBe(201);
    ingest.setFault({ kind: 'slow-patch', delayMs: 10 }, key);
    expect((await patch(sessionOf(answer))).status).toBe(204);
    ingest.setFault({ kind: 'not-found', count: 1 }, key);
    expect((await post(url)).status).toBe(404);
    ingest.setFault({ kind: 'forbid-answer' }, key);
    expect((await post(url)).status).toBe(403);
  });
});

describe('a hostile caller of WHIP', () => {
  const plain = () => offerOf('plain');

  it.each([
    ['nonsense', () => 'nonsense', 'Could not parse SDP'],
    ['no m-line', () => plain().split('m=')[0] ?? '', 'neither sound nor picture'],
    ['a broken m-line', () => plain().replace('m=audio 9 UDP', 'm=audio x UDP'), 'Could not parse'],
    ['codecs that nobody has', () => plain().replaceAll('opus', 'speex'), 'no audio codec'],
    [
      'who wants to receive',
      () => plain().replaceAll('a=sendonly', 'a=recvonly'),
      'Nothing is sent',
    ],
    ['no bundle', () => plain().replace('a=group:BUNDLE 0 1', 'a=group:BUNDLE 0'), 'not bundled'],
    ['two of one name', () => plain().replace('a=mid:1', 'a=mid:0'), 'the same mid'],
    ['no name', () => plain().replace('a=mid:1', 'a=mid:'), 'no usable mid'],
    [
      'a name that breaks out',
      () => plain().replace('a=mid:1', 'a=mid:1\ra=evil'),
      'Could not parse',
    ],
    ['a control character', () => plain().replace('minptime', 'min\u0000ptime'), 'Could not parse'],
    ['no password', () => plain().replaceAll(/a=ice-pwd:.*\r\n/g, ''), 'Could not parse'],
    [
      'a password that is none',
      () => plain().replaceAll(/a=ice-pwd:.*/g, 'a=ice-pwd:a b'),
      'a=ice-pwd',
    ],
    ['no fingerprint', () => plain().replaceAll(/a=fingerprint:.*\r\n/g, ''), 'a=fingerprint'],
    [
      'who wants to be called',
      () => plain().replaceAll('a=setup:actpass', 'a=setup:passive'),
      'setup:passive',
    ],
    [
      'a format without a codec',
      () => plain().replace('a=fmtp:111', 'a=fmtp:99999'),
      'Could not parse',
    ],
    [
      'candidates without end',
      () => plain() + 'a=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n'.repeat(65),
      'More than 64 candidates',
    ],
  ])('is refused in words: %s', async (_, offer, words) => {
    const { stream_key: key, id, server_urls } = await start();
    const events: IngestEvent[] = [];
    ingest.subscribe((event) => events.push(event));
    const refused = await post(whipUrl(server_urls.webrtc), { body: offer() });
    expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining(words)]);
    expect(events).toEqual([expect.objectContaining({ kind: 'publish-refused', streamId: id })]);
    expect(ingest.inspect(key)?.publishing).toBe(false);
    expect(ingest.openPeers).toBe(0);
    expect((await post(whipUrl(server_urls.webrtc))).status).toBe(201);
  });

  it('finds bodies bounded, and its page locked out', async () => {
    const { server_urls } = await start();
    const url = whipUrl(server_urls.webrtc);
    expect((await post(url, { body: 'v'.repeat(LIMITS.bodyBytes + 1) })).status).toBe(413);
    const session = sessionOf(await post(url));
    expect((await patch(session, {}, `a=x\r\n${'a=candidate:1\r\n'.repeat(65)}`)).status).toBe(400);
    expect((await patch(session, {}, 'v'.repeat(LIMITS.bodyBytes + 1))).status).toBe(413);
    const origin = 'https://evil.example';
    expect((await post(url, { headers: { origin } })).status).toBe(403);
    expect((await patch(session, { origin })).status).toBe(403);
    expect((await fetch(session, { method: 'DELETE', headers: { origin } })).status).toBe(403);
    const { port } = new URL(ingest.url);
    const status = await new Promise((resolve) => {
      const path = new URL(url).pathname + new URL(url).search;
      const headers = { host: `evil.example:${port}` };
      request({ host: '127.0.0.1', port, path, method: 'POST', headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      }).end('v=0');
    });
    expect(status).toBe(403);
  });

  it('takes one name once, however many ask at the same time, and leaves nothing behind', async () => {
    const { stream_key: key, server_urls } = await start();
    const url = whipUrl(server_urls.webrtc);
    const answers = await Promise.all(Array.from({ length: 40 }, () => post(url)));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    expect(statuses.filter((status) => status === 409)).toHaveLength(39);
    expect(ingest.inspect(key)?.sessions).toBe(1);
    expect(ingest.openPeers).toBe(1);
  });

  it('can end no session but by its own address', async () => {
    const { server_urls } = await start();
    const session = sessionOf(await post(whipUrl(server_urls.webrtc)));
    const other = ingest.openStream();
    const stolen = session.replace(/live-\w+\/qlive\/[^/]+/, `qlive/${other.stream_key}`);
    expect((await fetch(stolen, { method: 'DELETE' })).status).toBe(404);
    const guessed = session.replace(/\w{8}\?/, 'aaaaaaaa?');
    expect((await fetch(guessed, { method: 'DELETE' })).status).toBe(404);
    expect((await fetch(session, { method: 'DELETE' })).status).toBe(200);
  });
});
