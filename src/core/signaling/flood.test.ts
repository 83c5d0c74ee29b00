import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type WebSocket as NodeSocket, WebSocket as NodeWebSocket, WebSocketServer } from 'ws';
import { createFakePeer, type PeerBehaviour } from '../../testing/fake-peer.js';
import { LIMITS } from './limits.js';
import { parseOmeMessage } from './ome-parse.js';
import { omeAdapter } from './ome-signaling.js';

vi.mock('./ome-parse.js', { spy: true });

const FLOOD = 5_000;
const OFFER = {
  command: 'offer',
  id: 7,
  peer_id: 0,
  code: 200,
  sdp: { type: 'offer', sdp: 'v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 100\r\n' },
  candidates: [{ candidate: 'candidate:1 1 UDP 50 192.0.2.1 10000 typ host', sdpMLineIndex: 0 }],
};
/** The messages that a server floods the page with. */
const FLOODS: Readonly<Record<string, string | Buffer>> = {
  'commands that nobody knows': '{"command":"hello"}',
  'nothing at all': '',
  errors: '{"code":400,"error":"Invalid candidate"}',
  bytes: Buffer.alloc(1),
};

let server: WebSocketServer;
let url: URL;
let opened: NodeSocket[];
let onCommand: (socket: NodeSocket, command: string) => void;
/** As in a browser, each message is a task of its own, and a listener goes with its signal. */
class BrowserLikeSocket extends NodeWebSocket {
  constructor(address: string | URL) {
    super(address, { allowSynchronousEvents: false });
  }

  override addEventListener: NodeWebSocket['addEventListener'] = (type, listener, options) => {
    super.addEventListener(type, listener, options);
    const { signal } = Object(options) as { readonly signal?: AbortSignal };
    signal?.addEventListener('abort', () => this.removeEventListener(type, listener));
  };
}
beforeAll(() => vi.stubGlobal('WebSocket', BrowserLikeSocket));
afterAll(() => vi.unstubAllGlobals());
beforeEach(async () => {
  opened = [];
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  url = new URL(`ws://127.0.0.1:${address.port}/app/key?direction=send`);
  server.on('connection', (socket) => {
    opened.push(socket);
    socket.on('error', () => {});
    socket.on('message', (data) => {
      const { command } = JSON.parse(String(data)) as { command: string };
      if (command === 'request_offer') socket.send(JSON.stringify(OFFER));
      onCommand(socket, command);
    });
  });
});
afterEach(async () => {
  vi.mocked(parseOmeMessage).mockClear();
  for (const socket of opened) socket.terminate();
  await new Promise((resolve) => server.close(resolve));
});

const flood = (socket: NodeSocket, message: string | Buffer, count = FLOOD) => {
  for (let sent = 0; sent < count; sent += 1) socket.send(message);
};
const publish = (behaviour: PeerBehaviour, go: Promise<void>) =>
  omeAdapter(url, {
    attempt: () => 1,
    mayHoldSession: () => false,
    serverTime: Date.now,
    refreshPreparedAnswers: false,
  }).publish({
    createPeer: () => createFakePeer(behaviour),
    go,
    report: () => {},
    signal: new AbortController().signal,
  });

describe.each(Object.entries(FLOODS))('a flood of %s', (_, message) => {
  const tooMuch = {
    code: 'protocol-violation',
    message: expect.stringContaining(`more than ${LIMITS.messagesPerSecond} messages in a second`),
  };

  it('ends a session that waits for the button', async () => {
    onCommand = (socket, command) => command === 'request_offer' && flood(socket, message);
    await expect(publish('CONNECTS', new Promise(() => {}))).rejects.toMatchObject(tooMuch);
    expect(vi.mocked(parseOmeMessage).mock.calls.length).toBeLessThan(LIMITS.messagesPerSecond);
  });

  it('ends a session that is live', async () => {
    onCommand = () => {};
    const session = await publish('CONNECTS', Promise.resolve());
    for (const socket of opened) flood(socket, message);
    expect(await session.lost).toMatchObject(tooMuch);
    expect(await session.probe?.(new AbortController().signal)).toBe(false);
    await session.close();
  });

  it('is heard by nobody as long as it is none', async () => {
    onCommand = () => {};
    const session = await publish('CONNECTS', Promise.resolve());
    for (const socket of opened) flood(socket, message, LIMITS.messagesPerSecond / 2);
    expect(await session.probe?.(new AbortController().signal)).toBeDefined();
    await session.close();
    expect(await session.lost).toMatchObject({ code: 'unreachable' });
  });
});

it('ends a session whose answer is being taken by a flood of nonsense', async () => {
  onCommand = (socket, command) => command === 'answer' && flood(socket, 'nonsense');
  await expect(publish('ICE_HANGS', Promise.resolve())).rejects.toMatchObject({
    code: 'protocol-violation',
    message: expect.stringContaining('in a second'),
  });
});
