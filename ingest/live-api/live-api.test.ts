import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Ingest, startIngest } from '../index.js';
import { readToken, signToken } from '../playback/json-web-token.js';
import { openOmeClient } from '../testing/ome-client.js';
import { waitUntil } from '../testing/wait-until.js';

let ingest: Ingest;
let authorization: string;
beforeEach(async () => {
  // Two rule minutes pass in 2.4 s.
  ingest = await startIngest({ timeScale: 50 });
  const { body } = await call('POST', '/v1/access_token/any-key');
  authorization = `Bearer ${body.access_token}`;
});
afterEach(() => ingest.close());

async function call(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = { authorization },
) {
  const response = await fetch(`${ingest.url}${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}

const create = async (settings: object = {}) =>
  (await call('POST', '/v1/live-streams', settings)).body;

describe('access tokens', () => {
  it('are JWTs of a day, which every other call asks for', async () => {
    const token = authorization.slice('Bearer '.length);
    const [, claims = ''] = token.split('.');
    const { iat, exp, sub } = JSON.parse(Buffer.from(claims, 'base64url').toString());
    expect(exp - iat).toBe(24 * 3600);
    expect(sub).toEqual(expect.any(Number));
    expect((await call('GET', '/v1/live-streams')).body).toEqual([]);
    const forged = signToken({ iat, sub, exp }, 'another secret');
    for (const wrong of [undefined, 'Bearer 1.2', 'Bearer', 'Basic x', `Bearer ${forged}`]) {
      const headers: Record<string, string> = wrong === undefined ? {} : { authorization: wrong };
      expect(await call('GET', '/v1/live-streams', undefined, headers)).toMatchObject({
        status: 401,
        body: { error: 401 },
      });
    }
  });

  it('are refused when they are over, unsigned, or no tokens', () => {
    const claims = { sub: 1, exp: 2_000_000_000 };
    const token = signToken(claims, 'secret');
    expect(readToken(token, 'secret', 0)).toEqual(claims);
    expect(readToken(token, 'secret', 2_000_000_000_000)).toBeUndefined();
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    expect(readToken(token.replace(/^[^.]+/, none), 'secret', 0)).toBeUndefined();
    expect(readToken(signToken({ sub: 1 }, 'secret'), 'secret', 0)).toBeUndefined();
    for (const text of ['', '.', '..', '...', 'a.b.c', '💥.💥.💥']) {
      expect(readToken(text, 'secret', 0)).toBeUndefined();
    }
  });
});

describe('live streams', () => {
  it('are created, started and stopped; 406 to a repetition', async () => {
    const created = await create({ name: 'Mine', anything: 'else' });
    expect(created).toEqual({
      id: expect.any(String),
      name: 'Mine',
      status: 'created',
      stream_key: expect.any(String),
      playback_id: created.playback_ids[0].id,
      playback_ids: [{ id: expect.any(String), policy: 'public' }],
      playback_urls: [`${ingest.url}/play-${created.playback_id}/qhls/qlive/playlist.m3u8`],
      input_format: 'rtmp',
      output_format: 'hls',
      stream_timeout: 120,
      callback_url: '',
      server_urls: {},
    });
    const path = `/v1/live-streams/${created.id}`;
    const started = await call('POST', `${path}/start`);
    expect(started.body).toMatchObject({ status: 'waiting', stream_key: created.stream_key });
    const [host, app, key] = new URL(started.body.server_urls.webrtc).pathname.slice(1).split('/');
    expect([app, key]).toEqual(['qlive', created.stream_key]);
    expect(host).toMatch(/^live-[\da-f]+$/);
    expect(Date.parse(started.body.started_at)).toBeGreaterThan(0);
    expect((await call('GET', path)).body).toEqual(started.body);
    expect((await call('POST', `${path}/start`)).status).toBe(406);
    expect((await call('POST', `${path}/stop`)).body.status).toBe('stopped');
    expect((await call('POST', `${path}/stop`)).status).toBe(406);
    expect((await call('DELETE', path)).body.status).toBe('deleted');
    expect((await call('GET', path)).status).toBe(404);
    expect((await call('PUT', path, {})).status).toBe(404);
  });

  it('are updated in every state, field by field, without a change of state', async () => {
    const { id } = await create({ name: 'Mine', stream_timeout: 7200 });
    const path = `/v1/live-streams/${id}`;
    const hook = 'http://127.0.0.1:9/hook?secret=1';
    expect((await call('PUT', path, { callback_url: hook })).body).toMatchObject({
      name: 'Mine',
      status: 'created',
      callback_url: hook,
      stream_timeout: 7200,
    });
    await call('POST', `${path}/start`);
    expect((await call('PUT', path, { input_format: 'srt', callback_url: '' })).body).toMatchObject(
      { status: 'waiting', input_format: 'srt', callback_url: '' },
    );
    await call('POST', `${path}/stop`);
    expect((await call('PUT', path, { name: 'Ours' })).body).toMatchObject({
      name: 'Ours',
      status: 'stopped',
    });
  });

  it('keep their dvr settings, and give no secret back', async () => {
    const destination = { url: 's3://s3.example.com/bucket/path', key: 'id', secret: 'hush' };
    const created = await create({ dvr: { enabled: 1, destination, format: 'ts' } });
    expect(created.dvr).toEqual({
      enabled: 1,
      destination: { url: destination.url, key: 'id' },
      stream_source: 'auto',
      resolution: 'highest',
      format: 'ts',
    });
    const { body } = await call('PUT', `/v1/live-streams/${created.id}`, { dvr: null });
    expect(body.dvr).toBeUndefined();
  });

  it.each([
    ['GET', '/v1/live-streams/nobody', undefined, 404],
    ['PUT', '/v1/live-streams', undefined, 405],
    ['POST', '/v1/live-streams', '{', 400],
    ['POST', '/v1/live-streams', [], 400],
    ['POST', '/v1/live-streams', { name: 7 }, 400],
    ['POST', '/v1/live-streams', { name: '' }, 400],
    ['POST', '/v1/live-streams', { input_format: 'rtsp' }, 400],
    ['POST', '/v1/live-streams', { stream_timeout: 0 }, 400],
    ['POST', '/v1/live-streams', { stream_timeout: 7201 }, 400],
    ['POST', '/v1/live-streams', { stream_timeout: '60' }, 400],
    ['POST', '/v1/live-streams', { callback_url: 'ftp://127.0.0.1/' }, 400],
    ['POST', '/v1/live-streams', { callback_url: 'hook' }, 400],
    ['POST', '/v1/live-streams', { callback_url: 'https://me:pass@127.0.0.1/' }, 400],
    ['POST', '/v1/live-streams', { dvr: { enabled: true } }, 400],
    ['POST', '/v1/live-streams', { dvr: { enabled: 1 } }, 400],
    ['POST', '/v1/live-streams', { dvr: { enabled: 0, format: 'avi' } }, 400],
    ['POST', '/v1/live-streams', { dvr: { enabled: 1, destination: { url: 'http://x' } } }, 400],
    ['POST', '/v1/live-streams', { name: 'x'.repeat(70_000) }, 413],
    ['POST', '/v1/live-streams/nobody/start', undefined, 404],
    ['POST', '/v1/signing-keys', {}, 400],
    ['POST', '/v1/signing-keys', { stream_id: 'nobody' }, 404],
    ['GET', '/v1/signing-keys', undefined, 405],
    ['GET', '/v1/%E0', undefined, 400],
    ['GET', '/v1/elsewhere', undefined, 404],
    ['GET', '/elsewhere', undefined, 404],
  ])('answer %s %s with %j by %i', async (method, path, body, status) => {
    const reply = await call(method, path, body);
    expect(reply.status).toBe(status);
    expect(reply.body).toEqual({ error: status, message: expect.any(String) });
  });
});

describe('the timeouts', () => {
  it('stop a stream that nobody publishes to', async () => {
    const { id } = ingest.openStream();
    await waitUntil(() => ingest.getStream(id)?.status === 'stopped', 'the rules stop it');
    expect(ingest.startStream(id).status).toBe('waiting');
  });

  it('are the stream’s own where it names one, from the moment it does', async () => {
    const order: string[] = [];
    const patient = ingest.openStream({ stream_timeout: 7200 });
    const ordinary = ingest.openStream();
    const hasty = ingest.openStream({ stream_timeout: 10 });
    ingest.subscribe(({ kind, streamId = '' }) => {
      if (kind === 'stream-stopped') order.push(streamId);
    });
    await waitUntil(() => order.length === 2, 'two of them are stopped');
    expect(order).toEqual([hasty.id, ordinary.id]);
    ingest.updateStream(patient.id, { stream_timeout: 1 });
    await waitUntil(() => order.length === 3, 'the third is stopped');
  });
});

describe('the address of a start', () => {
  const offerFrom = async (url: string) =>
    (await openOmeClient(`${url}?direction=send`)).ask({ command: 'request_offer' });

  it('is a new one each time, and an earlier one is a host that is gone', async () => {
    const first = ingest.openStream();
    expect(await offerFrom(first.server_urls.webrtc)).toMatchObject({ command: 'offer' });
    ingest.stopStream(first.id);
    await expect(openOmeClient(first.server_urls.webrtc)).rejects.toThrow('404');
    const second = ingest.startStream(first.id);
    expect(second.server_urls.webrtc).not.toBe(first.server_urls.webrtc);
    await expect(openOmeClient(first.server_urls.webrtc)).rejects.toThrow('404');
    expect(await offerFrom(second.server_urls.webrtc)).toMatchObject({ command: 'offer' });
  });

  it('serves its own stream only; a socket from before the stop has no offer any more', async () => {
    const stream = ingest.openStream();
    const other = ingest.openStream();
    const refused = { code: 404, error: 'Cannot create offer' };
    const foreign = stream.server_urls.webrtc.replace(stream.stream_key, other.stream_key);
    expect(await offerFrom(foreign)).toEqual(refused);
    const early = await openOmeClient(`${stream.server_urls.webrtc}?direction=send`);
    ingest.stopStream(stream.id);
    ingest.startStream(stream.id);
    expect(await early.ask({ command: 'request_offer' })).toEqual(refused);
    const short = `${ingest.webSocketUrl}/qlive/${stream.stream_key}`;
    expect(await offerFrom(short)).toMatchObject({ command: 'offer' });
  });
});

describe('changes and methods', () => {
  it.each(['PUT', 'POST', 'PATCH'])('a callback_url is set by %s', async (method) => {
    const { body: created } = await call('POST', '/v1/live-streams', {});
    const callback_url = 'http://127.0.0.1:9/hook';
    const reply = await call(method, `/v1/live-streams/${created.id}`, { callback_url });
    expect([reply.status, reply.body.callback_url]).toEqual([200, callback_url]);
    const shown = await call('GET', `/v1/live-streams/${created.id}`);
    expect(shown.body.callback_url).toBe(callback_url);
  });

  it('name what is allowed where a method does nothing', async () => {
    const { body } = await call('POST', '/v1/live-streams', {});
    const addresses: Readonly<Record<string, string>> = {
      '/': 'GET, HEAD, OPTIONS',
      '/v1/access_token/x': 'POST, OPTIONS',
      '/v1/live-streams': 'GET, HEAD, POST, OPTIONS',
      [`/v1/live-streams/${body.id}`]: 'GET, HEAD, PUT, POST, PATCH, DELETE, OPTIONS',
      [`/v1/live-streams/${body.id}/start`]: 'POST, OPTIONS',
      [`/v1/live-streams/${body.id}/stop`]: 'POST, OPTIONS',
      [`/v1/live-streams/${body.id}/playback-ids`]: 'POST, OPTIONS',
      '/v1/signing-keys': 'POST, OPTIONS',
      '/ingest': 'GET, HEAD, OPTIONS',
      '/ingest/page.css': 'GET, HEAD, OPTIONS',
      '/ingest/page.js': 'GET, HEAD, OPTIONS',
      '/ingest/ways': 'GET, HEAD, OPTIONS',
      '/ingest/events': 'GET, HEAD, OPTIONS',
      '/ingest/faults': 'POST, DELETE, OPTIONS',
      '/ingest/streams': 'GET, HEAD, POST, OPTIONS',
      [`/ingest/streams/${body.id}`]: 'GET, HEAD, DELETE, OPTIONS',
      [`/ingest/streams/${body.id}/start`]: 'POST, OPTIONS',
      [`/ingest/streams/${body.id}/events`]: 'GET, HEAD, OPTIONS',
      [`/ingest/streams/${body.id}/faults`]: 'POST, DELETE, OPTIONS',
      [`/${body.playback_id}.m3u8`]: 'GET, HEAD, OPTIONS',
      [`/play-${body.playback_id}/qhls/qlive/source.m3u8`]: 'GET, HEAD, OPTIONS',
    };
    for (const [path, allow] of Object.entries(addresses)) {
      const reply = await fetch(`${ingest.url}${path}`, {
        method: 'PROPFIND',
        headers: { authorization },
      });
      expect([path, reply.status, reply.headers.get('allow')]).toEqual([path, 405, allow]);
      expect((await reply.json()).message).toBe(`PROPFIND does nothing here. Allowed: ${allow}.`);
      if (!allow.startsWith('GET')) continue;
      const head = await fetch(`${ingest.url}${path}`, {
        method: 'HEAD',
        headers: { authorization },
      });
      expect([path, head.status === 405]).toEqual([path, false]);
    }
  });
});
