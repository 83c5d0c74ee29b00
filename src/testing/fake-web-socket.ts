/** One step of a scripted server: what it does on a command of the client. */
export type ServerBehaviour = (socket: FakeWebSocket, command: Record<string, unknown>) => void;

/**
 * A `WebSocket` without a network. Install it with `installFakeWebSocket`; each socket made is kept
 * in order, opens by itself unless told otherwise, and answers through the scripted server.
 */
export class FakeWebSocket extends EventTarget {
  static readonly OPEN = 1;
  readonly url: string;
  /** Everything the client sent, parsed. */
  readonly sent: Record<string, unknown>[] = [];
  readyState = 0;
  readonly #server: ServerBehaviour;

  constructor(url: string, server: ServerBehaviour, opens: boolean) {
    super();
    this.url = url;
    this.#server = server;
    if (opens) setTimeout(() => this.open());
  }

  /** The server accepts the socket. */
  open(): void {
    if (this.readyState !== 0) return;
    this.readyState = 1;
    this.dispatchEvent(new Event('open'));
  }

  /** As `WebSocket.send`, for a command in JSON. */
  send(text: string): void {
    const command = JSON.parse(text) as Record<string, unknown>;
    this.sent.push(command);
    setTimeout(() => this.#server(this, command));
  }

  /** The server sends `data`, as it is when it is text, else as JSON. */
  receive(data: unknown): void {
    if (this.readyState !== 1) return;
    const text = typeof data === 'string' ? data : JSON.stringify(data);
    this.dispatchEvent(new MessageEvent('message', { data: text }));
  }

  /** Either side ends the socket; browsers report every end of OvenMediaEngine as 1006. */
  close(): void {
    if (this.readyState >= 2) return;
    this.readyState = 2;
    setTimeout(() => {
      this.readyState = 3;
      this.dispatchEvent(new Event('close'));
    });
  }
}

/** Fake sockets in place of the page's own. */
export interface FakeWebSockets {
  /** Those that were opened, in order. */
  readonly sockets: readonly FakeWebSocket[];
  /** Gives the page its own sockets back. */
  restore(): void;
}

/**
 * Puts the fake in place of the global `WebSocket`; `restore` puts the real one back. Sockets for
 * which `opens` says no stay as they are, as on a network that swallows everything. A broadcaster
 * that comes back also asks the host over HTTP: that fails or not as `opens` says, and every other
 * request goes its way.
 */
export function installFakeWebSocket(
  server: ServerBehaviour,
  { opens = true }: { readonly opens?: boolean | (() => boolean) } = {},
): FakeWebSockets {
  const sockets: FakeWebSocket[] = [];
  const original = globalThis.WebSocket;
  const originalFetch = globalThis.fetch;
  const isThere = () => (typeof opens === 'function' ? opens() : opens);
  class Installed extends FakeWebSocket {
    constructor(url: string | URL) {
      super(String(url), server, isThere());
      sockets.push(this);
    }
  }
  globalThis.WebSocket = Installed as unknown as typeof WebSocket;
  globalThis.fetch = async (request, init) => {
    if (init?.method !== 'HEAD' || init.mode !== 'no-cors') return originalFetch(request, init);
    if (!isThere()) throw new TypeError('Failed to fetch');
    return new Response();
  };
  return {
    sockets,
    restore() {
      globalThis.WebSocket = original;
      globalThis.fetch = originalFetch;
    },
  };
}

const OFFER = {
  command: 'offer',
  id: 7,
  peer_id: 0,
  code: 200,
  sdp: { type: 'offer', sdp: 'v=0\r\n' },
  candidates: [{ candidate: 'candidate:1 1 UDP 50 127.0.0.1 9 typ host', sdpMLineIndex: 0 }],
};

/** A server that offers, and says no more, as OvenMediaEngine does. */
export const OFFERS: ServerBehaviour = (socket, { command }) => {
  if (command === 'request_offer') socket.receive(OFFER);
};

/** A server that offers as OvenMediaEngine does from 0.21 on, over UDP and TCP. */
export const OFFERS_TCP: ServerBehaviour = (socket, { command }) => {
  const candidate = 'candidate:2 1 TCP 1275068415 127.0.0.1 9 typ host tcptype passive';
  const candidates = [...OFFER.candidates, { candidate, sdpMLineIndex: 0 }];
  if (command === 'request_offer') socket.receive({ ...OFFER, candidates });
};

/** A server that takes every command and never says a word. */
export const SILENT: ServerBehaviour = () => {};

/** A server that refuses the stream: unknown, not started, or taken. */
export const REFUSES_STREAM: ServerBehaviour = (socket, { command }) => {
  if (command === 'request_offer') socket.receive({ code: 404, error: 'Cannot create offer' });
};

/** A server that refuses the stream, and says that it is taken. */
export const SAYS_TAKEN: ServerBehaviour = (socket, { command }) => {
  if (command === 'request_offer') socket.receive({ code: 409, error: 'Stream is already exist' });
};

/** A server that offers, and refuses the answer because another took the name meanwhile. */
export const REFUSES_ANSWER: ServerBehaviour = (socket, { command }) => {
  if (command === 'request_offer') socket.receive(OFFER);
  if (command === 'answer') socket.receive({ code: 403, error: 'Forbidden' });
};

/** A server that offers like a server, and otherwise talks nonsense, before and after. */
export const TALKS_NONSENSE: ServerBehaviour = (socket, { command }) => {
  if (command === 'request_offer') socket.receive(OFFER);
  for (const nonsense of ['', '{', 'null', '[]', { command: 'stop' }, { code: 'x' }, OFFER]) {
    if (command === 'answer') socket.receive(nonsense);
  }
};

/** A server that dislikes every candidate it is sent. */
export const DISLIKES_CANDIDATES: ServerBehaviour = (socket, { command }) => {
  if (command === 'request_offer') socket.receive(OFFER);
  if (command === 'candidate') socket.receive({ code: 400, error: 'Invalid candidate: x' });
};

/** A server that offers, and answers what it does not know with an error, as OvenMediaEngine does. */
export const ANSWERS_PROBES: ServerBehaviour = (socket, { command }) => {
  if (command === 'request_offer') socket.receive(OFFER);
  if (command === 'probe') socket.receive({ code: 400, error: 'Unknown command: probe' });
};
