import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { type Ingest, type IngestEvent, type IngestOptions, startIngest } from '../index.js';
import { LIMITS } from '../options/limits.js';
import { openOmeClient } from '../testing/ome-client.js';
import { SERVER_CERTIFICATE } from '../testing/server-certificate.js';
import { waitUntil } from '../testing/wait-until.js';

let ingest: Ingest;
let events: IngestEvent[];
afterEach(() => ingest.close());

async function start(options: IngestOptions = {}) {
  ingest = await startIngest(options);
  events = [];
  ingest.subscribe((event) => events.push(event));
  return ingest.openStream();
}

const upgrade = (path: string, ...headers: readonly string[]) =>
  [
    `GET ${path} HTTP/1.1`,
    'Host: 127.0.0.1',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
    ...headers,
    '',
    '',
  ].join('\r\n');

/** The requests that a caller can have begun when its connection is reset. */
const BEGUN = {
  'an upgrade from a foreign page': () => upgrade('/qlive/x', 'Origin: https://evil.example'),
  'an upgrade under a foreign name': () => upgrade('/qlive/x').replace('127.0.0.1', 'evil.example'),
  'an upgrade to a path that cannot be read': () => upgrade('/qlive/%zz'),
  'an upgrade to an encoder that is gone': () => upgrade('/live-abc123/qlive/x'),
  'an upgrade of an unknown version': () => upgrade('/qlive/x').replace('13', '99'),
  'an upgrade that is taken': () => upgrade(`/qlive/x?direction=send`),
  'an upgrade with frames behind it': () => `${upgrade('/qlive/x')}\x81\x05hello`,
  'half of a request': () => 'GET /ingest/streams HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Half:',
  'half of a body': () =>
    'POST /ingest/streams HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"na',
  'a request for events': () => 'GET /ingest/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n',
  'no HTTP at all': () => '\x16\x03\x01\x00\x05hello',
} as const;

describe.each([
  ['http', {}],
  ['https', { tls: SERVER_CERTIFICATE }],
] satisfies [string, IngestOptions][])('an ingest over %s', (scheme, options) => {
  it('outlives every kind of reset', async () => {
    await start(options);
    const { port } = new URL(ingest.url);
    const open = async (): Promise<{ socket: Socket; reset(): void }> => {
      const raw = connect({ port: Number(port), host: '127.0.0.1' });
      raw.on('error', () => {});
      if (scheme === 'http') {
        await once(raw, 'connect');
        return { socket: raw, reset: () => raw.resetAndDestroy() };
      }
      const socket = connectTls({ socket: raw, rejectUnauthorized: false });
      socket.on('error', () => {});
      await once(socket, 'secureConnect');
      return { socket, reset: () => raw.resetAndDestroy() };
    };
    for (const request of Object.values(BEGUN)) {
      const atOnce = await open();
      await new Promise((written) => atOnce.socket.write(request(), written));
      atOnce.reset();
      const afterwards = await open();
      afterwards.socket.write(request());
      await Promise.race([
        once(afterwards.socket, 'data'),
        once(afterwards.socket, 'close'),
        new Promise((soon) => setTimeout(soon, 100)),
      ]);
      afterwards.reset();
    }
    const survivor = await open();
    survivor.socket.write('GET /ingest/streams HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
    const [answer] = await once(survivor.socket, 'data');
    expect(String(answer)).toContain('200 OK');
    survivor.reset();
  });
});

describe('what is too much', () => {
  const candidate = 'candidate:1 1 udp 1 192.0.2.1 9 typ host';
  const description = (candidates: number) =>
    `v=0\r\n${`a=${candidate}\r\n`.repeat(candidates)}m=video 9 UDP/TLS/RTP/SAVPF 100\r\n`;
  const answer = (sdp: string) => ({ command: 'answer', sdp: { type: 'answer', sdp } });
  const listing = (count: number) => ({
    command: 'candidate',
    candidates: Array.from({ length: count }, () => ({ candidate })),
  });

  it.each([
    ['candidates in a description', [answer(description(LIMITS.candidates + 1))], /candidates/],
    ['2,000 candidates', [answer(description(1_000)), answer(description(1_000))], /candidates/],
    ['a description', [answer('v'.repeat(LIMITS.descriptionLength + 1))], /description/],
    ['candidates in a command', [listing(LIMITS.candidates + 1)], /candidates/],
    ['candidates in many commands', [listing(60), listing(4), listing(1)], /candidates/],
  ])('is refused in words, to the sender and in the events: %s', async (_, commands, words) => {
    const { id: streamId, server_urls } = await start();
    const client = await openOmeClient(`${server_urls.webrtc}?direction=send`);
    const { id, peer_id } = await client.ask({ command: 'request_offer' });
    for (const command of commands) client.send({ ...command, id, peer_id });
    await waitUntil(() => client.closeCode !== undefined, 'the socket is closed');
    expect(client.received.at(-1)).toEqual({ code: 400, error: expect.stringMatching(words) });
    const refused = events.filter(({ kind }) => kind === 'publish-refused');
    expect(refused).toEqual([expect.objectContaining({ streamId })]);
    expect(refused[0]?.text).toMatch(words);
  });

  it('is refused of commands that nobody can keep up with', async () => {
    const { server_urls } = await start();
    ingest.setFault({ kind: 'slow-offer', delayMs: 60_000 });
    const client = await openOmeClient(`${server_urls.webrtc}?direction=send`);
    for (let count = 0; count <= LIMITS.waitingCommands; count += 1) {
      client.send({ command: 'request_offer' });
    }
    await waitUntil(() => client.closeCode !== undefined, 'the socket is closed');
    expect(client.received.at(-1)).toMatchObject({ code: 400 });
    expect(events.at(-1)).toMatchObject({ kind: 'publish-refused' });
  });

  it('ends the socket of a frame that is too long, and says so', async () => {
    const { server_urls } = await start();
    const client = await openOmeClient(`${server_urls.webrtc}?direction=send`);
    client.send('x'.repeat(LIMITS.frameBytes + 1));
    await waitUntil(() => client.closeCode !== undefined, 'the socket is closed');
    expect(client.received).toEqual([{ code: 400, error: expect.stringMatching(/frame/) }]);
    expect(events.at(-1)).toMatchObject({
      kind: 'publish-refused',
      text: expect.stringMatching(/frame/),
    });
  });

  it('is refused of viewers, too', async () => {
    const { server_urls } = await start();
    const client = await openOmeClient(server_urls.webrtc);
    const refusal = await client.ask({ command: 'request_offer' });
    expect(refusal).toMatchObject({ code: 404 });
    client.send(listing(LIMITS.candidates + 1));
    await waitUntil(() => client.closeCode !== undefined, 'the socket is closed');
    expect(events.at(-1)).toMatchObject({ kind: 'viewer-refused' });
  });

  it('is not what a browser sends', async () => {
    const { server_urls } = await start();
    const client = await openOmeClient(`${server_urls.webrtc}?direction=send`);
    const { id, peer_id } = await client.ask({ command: 'request_offer' });
    client.send({ ...listing(LIMITS.candidates), id, peer_id });
    const reply = await client.ask({ command: 'unknown', id, peer_id });
    expect(reply).toMatchObject({ error: 'Unknown command: unknown' });
    await client.close();
  });
});
