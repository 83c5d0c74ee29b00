import { BroadcastError } from '../errors.js';
import { ended } from '../foundation/abort.js';
import { listen } from '../foundation/listen.js';
import { abortable, sleep, within } from '../foundation/time.js';
import type { OmeCommand } from './ome-messages.js';
import type { OmeMessage } from './ome-parse.js';
import { parseOmeMessage } from './ome-parse.js';

/** A signalling socket that is open. */
export interface OmeSocket {
  /** Sends one command; a socket that is no longer open drops it. */
  send(command: OmeCommand): void;
  /**
   * The next message from now on.
   * @throws BroadcastError `unreachable` when the socket closes first, `protocol-violation` for nonsense.
   */
  next(signal: AbortSignal): Promise<OmeMessage>;
  /** Settles once, when the socket has closed from either side. */
  readonly lost: Promise<BroadcastError>;
  /** Closes and waits until the server let go, for a second at most; repeatable. */
  close(): Promise<void>;
}

const CLOSE_MS = 1_000;

/**
 * Opens a WebSocket to `url`, which is a credential and appears in no message, in `openMs` at most.
 * @throws BroadcastError `unreachable`, or `invalid-options` where the page may not open it at all.
 */
export async function openOmeSocket(
  url: URL,
  openMs: number,
  signal: AbortSignal,
): Promise<OmeSocket> {
  const socket = create(url);
  const life = new AbortController();
  const closed = new Promise<void>((resolve) => {
    listen(socket, 'close', () => resolve(), life.signal);
  });
  const close = async () => {
    const grace = new AbortController();
    socket.close();
    await Promise.race([closed, sleep(CLOSE_MS, grace.signal)]);
    grace.abort();
    life.abort(ended('socket'));
  };
  try {
    const open = new Promise<void>((resolve, reject) => {
      listen(socket, 'open', () => resolve(), life.signal);
      void closed.then(() => reject(unreachable(url)));
    });
    await within(open, openMs, () => silent(url, openMs), signal);
  } catch (thrown) {
    await close();
    throw thrown;
  }
  return {
    send(command) {
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(command));
    },
    next: (attempt) => nextMessage(socket, closed, attempt),
    lost: closed.then(signalingLost),
    close,
  };
}

function create(url: URL): WebSocket {
  try {
    return new WebSocket(url);
  } catch (cause) {
    throw new BroadcastError(
      'invalid-options',
      'The browser refused to open the server URL. A page on https may only use wss:// addresses.',
      { cause },
    );
  }
}

async function nextMessage(
  socket: WebSocket,
  closed: Promise<void>,
  signal: AbortSignal,
): Promise<OmeMessage> {
  const listening = new AbortController();
  const message = new Promise<OmeMessage>((resolve, reject) => {
    void closed.then(() => reject(signalingLost()));
    const read = (event: Event) => {
      try {
        const next = parseOmeMessage((event as MessageEvent).data);
        if (next.kind !== 'ignored') resolve(next);
      } catch (thrown) {
        reject(thrown);
      }
    };
    listen(socket, 'message', read, listening.signal);
  });
  try {
    return await abortable(message, signal);
  } finally {
    listening.abort();
  }
}

/** Nothing answers at the host of `url`. */
export function unreachable(url: URL): BroadcastError {
  return new BroadcastError(
    'unreachable',
    `The ingest at ${url.host} could not be reached. Check the network, that the server URL is right, and that the stream is started.`,
  );
}

function silent(url: URL, openMs: number): BroadcastError {
  return new BroadcastError(
    'unreachable',
    `The ingest at ${url.host} did not answer within ${openMs / 1000} s. Check the network and whether a firewall blocks this port.`,
  );
}

function signalingLost(): BroadcastError {
  return new BroadcastError(
    'unreachable',
    'The ingest closed the connection: the stream was stopped, the server restarted, or the network broke. If the stream still runs, the broadcast is resumed.',
  );
}
