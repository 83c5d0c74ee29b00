import type { Socket } from 'node:net';
import { connect, createServer } from 'node:net';

/** A TCP relay in front of the ingest's signalling: a proxy, or a way that can be broken. */
export interface Relay {
  readonly port: number;
  /** Holds back every byte, of connections that come later too; nobody is told. */
  stall(): void;
  /** Holds back the connections that are open now, for good; later ones pass. */
  stallOpen(): void;
  /** Lets pass what `stall` held back. */
  resume(): void;
  close(): Promise<void>;
}

/** How a relay hands on. */
export interface RelayOptions {
  /** The address that it listens on, and hands on to. Default: loopback. */
  readonly host?: string;
  /** So much later. Default: at once. */
  readonly delayMs?: number;
  /** Ends a connection that no byte came over for so long, either way, as proxies do. Default: never. */
  readonly idleMs?: number | undefined;
}

/** Listens on a free port and hands every connection on to `port`. */
export async function startRelay(
  port: number,
  { host = '127.0.0.1', delayMs = 0, idleMs = 0 }: RelayOptions = {},
): Promise<Relay> {
  const pairs = new Set<readonly [Socket, Socket]>();
  const dead = new Set<readonly [Socket, Socket]>();
  let stalled = false;
  const server = createServer((client) => {
    const upstream = connect(port, host);
    const pair = [client, upstream] as const;
    pairs.add(pair);
    const end = () => {
      pairs.delete(pair);
      dead.delete(pair);
      for (const socket of pair) socket.destroy();
    };
    for (const socket of pair) {
      socket.on('error', end);
      socket.on('close', end);
      // A byte that is read or written on either side counts on both.
      socket.setTimeout(idleMs, end);
    }
    client.on(
      'data',
      later((data) => upstream.write(data), delayMs),
    );
    upstream.on(
      'data',
      later((data) => client.write(data), delayMs),
    );
    if (stalled) for (const socket of pair) socket.pause();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, host, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The relay has no port.');
  const pauseAll = () => {
    for (const socket of [...pairs].flat()) socket.pause();
  };
  return {
    port: address.port,
    stall() {
      stalled = true;
      pauseAll();
    },
    stallOpen() {
      for (const pair of pairs) dead.add(pair);
      pauseAll();
    },
    resume() {
      stalled = false;
      for (const pair of pairs) if (!dead.has(pair)) for (const socket of pair) socket.resume();
    },
    async close() {
      for (const socket of [...pairs].flat()) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function later(hand: (data: Buffer) => void, delayMs: number): (data: Buffer) => void {
  return delayMs === 0 ? hand : (data) => void setTimeout(hand, delayMs, data);
}
