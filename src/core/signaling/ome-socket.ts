import { BroadcastError } from '../errors.js';
import { childOf, ended } from '../foundation/abort.js';
import { listen } from '../foundation/listen.js';
import { abortable, elapsedMs, sleep, within } from '../foundation/time.js';
import { LIMITS } from './limits.js';
import type { OmeCommand } from './ome-messages.js';
import type { OmeMessage } from './ome-parse.js';
import { parseOmeMessage } from './ome-parse.js';
import { policyForbids } from './page-policy.js';

/** A signalling socket that is open. */
export interface OmeSocket {
  /** False once either side has begun to close it. */
  readonly isOpen: boolean;
  /** Sends one command; a socket that is no longer open drops it. */
  send(command: OmeCommand): void;
  /**
   * The next message from now on.
   * @throws BroadcastError `unreachable` when the socket closes first, `protocol-violation` for
   * nonsense, and for more than `LIMITS.messagesPerSecond`, which also closes the socket.
   */
  next(signal: AbortSignal): Promise<OmeMessage>;
  /** Settles once, when the socket has closed from either side. */
  readonly lost: Promise<BroadcastError>;
  /** The same, in words for a broadcast that was never live. */
  readonly lostEarly: Promise<BroadcastError>;
  /** Closes and waits until the server let go, for a second at most; repeatable. */
  close(): Promise<void>;
}

/** Why a WebSocket to `url` closed before it opened. */
export type Explain = (url: URL, signal: AbortSignal) => Promise<BroadcastError>;

const CLOSE_MS = 1_000;

/**
 * Opens a WebSocket to `url`, which is a credential and appears in no message, in `openMs` at most.
 * `explain` finds out, in that time too, why one that closed did not open.
 * @throws BroadcastError `unreachable`, or what `explain` found; `blocked-by-content-policy`,
 * `invalid-options` or `unsupported` where the page may not open it at all.
 */
export async function openOmeSocket(
  url: URL,
  openMs: number,
  signal: AbortSignal,
  explain: Explain = async () => unreachable(url),
): Promise<OmeSocket> {
  const socket = create(url);
  const life = new AbortController();
  const closed = new Promise<void>((resolve) => {
    listen(socket, 'close', () => resolve(), life.signal);
  });
  const flooded = floodOf(socket, life.signal);
  const close = async () => {
    const grace = new AbortController();
    socket.close();
    await Promise.race([closed, sleep(CLOSE_MS, grace.signal)]);
    grace.abort();
    life.abort(ended('socket'));
  };
  const opening = childOf(life.signal);
  try {
    const open = new Promise<void>((resolve, reject) => {
      listen(socket, 'open', () => resolve(), life.signal);
      void policyForbids(url, opening.signal).then(() => reject(blockedByPolicy(url)));
      void closed.then(async () => {
        if (!opening.signal.aborted) reject(await explain(url, opening.signal));
      });
    });
    await within(open, openMs, () => silent(url, openMs), signal);
    opening.abort(ended('opening'));
  } catch (thrown) {
    opening.abort(ended('opening'));
    await close();
    throw thrown;
  }
  const isOpen = () => socket.readyState === WebSocket.OPEN;
  const lostEarly = Promise.race([flooded, closed.then(closedEarly)]);
  return {
    get isOpen() {
      return isOpen();
    },
    send(command) {
      if (isOpen()) socket.send(JSON.stringify(command));
    },
    next: (attempt) => nextMessage(socket, lostEarly, attempt),
    lostEarly,
    lost: Promise.race([flooded, closed.then(signalingLost)]),
    close,
  };
}

/** A browser's own error may repeat the address that it refuses, so it is no `cause` of these. */
function create(url: URL): WebSocket {
  if (typeof WebSocket === 'undefined') {
    throw new BroadcastError(
      'unsupported',
      'This browser has no WebSocket, so it cannot broadcast. Use a current Chrome, Edge, Firefox or Safari.',
    );
  }
  try {
    return new WebSocket(url);
  } catch {
    const isMixed =
      url.protocol === 'ws:' && typeof location !== 'undefined' && location.protocol === 'https:';
    if (!isMixed) throw blockedByPolicy(url);
    throw new BroadcastError(
      'invalid-options',
      'The server URL begins with ws://, which a page on https may not open. Use the wss:// address of the server.',
    );
  }
}

/** Closes a socket that brings more than `LIMITS.messagesPerSecond`: the browser hands on no more. */
function floodOf(socket: WebSocket, signal: AbortSignal): Promise<BroadcastError> {
  const counting = childOf(signal);
  return new Promise((resolve) => {
    let since = elapsedMs();
    let count = 0;
    const add = () => {
      const now = elapsedMs();
      if (now - since >= 1_000) {
        since = now;
        count = 0;
      }
      count += 1;
      if (count <= LIMITS.messagesPerSecond) return;
      counting.abort();
      socket.close();
      resolve(flood());
    };
    listen(socket, 'message', add, counting.signal);
  });
}

async function nextMessage(
  socket: WebSocket,
  over: Promise<BroadcastError>,
  signal: AbortSignal,
): Promise<OmeMessage> {
  const listening = new AbortController();
  const message = new Promise<OmeMessage>((resolve, reject) => {
    void over.then(reject);
    const read = (event: Event) => {
      if (socket.readyState !== WebSocket.OPEN) return;
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
    `The ingest at ${url.host} could not be reached. Check the network, that the server URL is right, and that the stream is started.${
      url.protocol === 'wss:'
        ? ` If https://${url.host} in a new tab shows a warning about a certificate, that is the reason.`
        : ''
    }`,
  );
}

function blockedByPolicy({ protocol, host }: URL): BroadcastError {
  return new BroadcastError(
    'blocked-by-content-policy',
    `This page's own content security policy forbids the connection to ${host}. Whoever runs the page has to add ${protocol}//${host} to its connect-src directive.`,
  );
}

function silent(url: URL, openMs: number): BroadcastError {
  return new BroadcastError(
    'unreachable',
    `The ingest at ${url.host} did not answer within ${openMs / 1000} s. Check the network and whether a firewall blocks this port.`,
  );
}

function closedEarly(): BroadcastError {
  return new BroadcastError(
    'unreachable',
    'The server closed the connection before the broadcast was live: the stream was stopped, the server restarted, or the network broke. Check that the stream is started, and try again.',
  );
}

function flood(): BroadcastError {
  return new BroadcastError(
    'protocol-violation',
    `The server sent more than ${LIMITS.messagesPerSecond} messages in a second, so it was closed. Check the server URL.`,
  );
}

function signalingLost(): BroadcastError {
  return new BroadcastError(
    'unreachable',
    'The ingest closed the connection: the stream was stopped, the server restarted, or the network broke. If the stream still runs, the broadcast is resumed.',
  );
}
