import type { Socket } from 'node:net';
import { connect, createServer } from 'node:net';

/** A TCP relay in front of the ingest's signalling, for machines without a network of one's own. */
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

/** Listens on a free port of loopback and hands every connection on to `port`, so much later. */
export async function startRelay(port: number, delayMs = 0): Promise<Relay> {
  const pairs = new Set<readonly [Socket, Socket]>();
  const dead = new Set<readonly [Socket, Socket]>();
  let stalled = false;
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
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
    server.listen(0, '127.0.0.1', resolve);
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
