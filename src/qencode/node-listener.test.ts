import { createServer, type Server } from 'node:http';
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { toNodeListener } from './node-listener.js';
import { closeServer, listenOnLoopback } from './test-server.js';

const running: Server[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map(closeServer));
});

const echo = async (request: Request): Promise<Response> =>
  Response.json({
    method: request.method,
    url: request.url,
    host: request.headers.get('host'),
    body: await request.text(),
  });

async function serve(
  handle: (request: Request) => Promise<Response> = echo,
  before: (request: object) => void = () => {},
): Promise<string> {
  const listener = toNodeListener(handle);
  const server = createServer((request, response) => {
    before(request);
    listener(request, response);
  });
  running.push(server);
  return listenOnLoopback(server);
}

/** Sends these bytes, and resolves with all that comes back until the server closes. */
async function exchange(url: string, lines: readonly string[]): Promise<string> {
  const { port } = new URL(url);
  const socket = connect(Number(port), '127.0.0.1');
  socket.end(`${[...lines, 'Connection: close'].join('\r\n')}\r\n\r\n`);
  let said = '';
  for await (const chunk of socket) said += String(chunk);
  return said;
}

describe('a request that cannot be built', () => {
  it.each([
    ['a target that is no URL', ['GET http://[ HTTP/1.1', 'Host: a.example']],
    ['the target *', ['OPTIONS * HTTP/1.1', 'Host: a.example']],
    ['a method that Fetch forbids', ['TRACE / HTTP/1.1', 'Host: a.example']],
    ['a host that is none', ['GET / HTTP/1.1', 'Host: a b']],
    ['a host with a path', ['GET / HTTP/1.1', 'Host: a.example/b']],
    ['a host with a query', ['GET / HTTP/1.1', 'Host: a.example?b']],
    ['a host with a person', ['GET / HTTP/1.1', 'Host: b:c@a.example']],
    ['a port that is none', ['GET / HTTP/1.1', 'Host: a.example:99999']],
    ['two hosts', ['GET / HTTP/1.1', 'Host: a.example', 'Host: b.example']],
  ])('is answered with 400: %s', async (_what, lines) => {
    let handled = 0;
    const url = await serve(async (request) => {
      handled += 1;
      return echo(request);
    });
    const said = await exchange(url, lines);
    expect(said).toMatch(/^HTTP\/1\.1 400 /);
    expect(said).toContain('"error":"malformed"');
    expect(handled).toBe(0);
    expect((await fetch(url)).status).toBe(200);
  });

  it('is one whose parsed body goes too deep', async () => {
    const url = await serve(echo, (request) => {
      let deep: object = {};
      for (let depth = 0; depth < 50_000; depth += 1) deep = { deep };
      Object.assign(request, { body: deep });
    });
    const sent = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
    expect((await fetch(url, sent)).status).toBe(400);
  });
});

describe('a request', () => {
  it.each([
    ['a path', 'GET /a/b?c=d HTTP/1.1', 'http://a.example:3000/a/b?c=d'],
    [
      'a path that begins with two slashes',
      'GET //evil.example/x HTTP/1.1',
      'http://a.example:3000//evil.example/x',
    ],
    ['a whole URL', 'GET http://b.example/x?y HTTP/1.1', 'http://b.example/x?y'],
  ])('may name %s', async (_what, line, url) => {
    const said = await exchange(await serve(), [line, 'Host: a.example:3000']);
    expect(said).toContain(`"url":"${url}"`);
  });

  it('may come over HTTP/2, where the host is the authority', async () => {
    const server = createHttp2Server();
    server.on('request', toNodeListener(echo));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    try {
      const stream = session.request({
        ':method': 'POST',
        ':path': '/api?x=1',
        ':authority': 'app.example:8443',
        'content-type': 'application/json',
      });
      stream.end('{"name":"x"}');
      let text = '';
      for await (const chunk of stream) text += String(chunk);
      expect(JSON.parse(text)).toEqual({
        method: 'POST',
        url: 'http://app.example:8443/api?x=1',
        host: null,
        body: '{"name":"x"}',
      });
    } finally {
      session.close();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it.each([
    ['text', '{"a":1}', '{"a":1}'],
    ['bytes', Buffer.from('{"a":1}'), '{"a":1}'],
    ['an object', { a: 1 }, '{"a":1}'],
  ])('keeps a body that was read before as %s', async (_what, body, expected) => {
    const url = await serve(echo, (request) => Object.assign(request, { body }));
    const sent = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
    const answer: unknown = await (await fetch(url, sent)).json();
    expect(answer).toMatchObject({ body: expected });
  });
});

describe('an answer', () => {
  it('is 500 without words where the function rejects', async () => {
    const url = await serve(() =>
      Promise.reject(new Error('The database at db.internal is down.')),
    );
    const response = await fetch(url);
    expect([response.status, await response.text()]).toEqual([500, '']);
  });

  it('that breaks off is not taken for whole', async () => {
    const url = await serve(async () => {
      let pulled = 0;
      const body = new ReadableStream({
        pull(controller) {
          pulled += 1;
          if (pulled > 1) throw new Error('It broke off.');
          controller.enqueue(new TextEncoder().encode('half of'));
        },
      });
      return new Response(body);
    });
    const whole = fetch(url).then((response) => response.text());
    await expect(whole).rejects.toThrow();
  });

  it('of 408 ends the connection, of which the rest is not waited for', async () => {
    const url = await serve(async () => new Response('late', { status: 408 }));
    const { port } = new URL(url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.write('POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 100\r\n\r\n{');
    let said = '';
    for await (const chunk of socket) said += String(chunk);
    expect(said).toMatch(/^HTTP\/1\.1 408 /);
    expect(said.toLowerCase()).toContain('connection: close');
  });
});
