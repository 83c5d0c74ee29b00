import { WebSocket } from 'ws';
import { waitUntil } from './wait-until.js';

/** A message of a server, as it stands in the JSON. */
export type Reply = Readonly<Record<string, unknown>>;

/** A signalling socket that only speaks; media is another matter. */
export interface OmeClient {
  /** Everything received so far, pings left out. */
  readonly received: readonly Reply[];
  readonly isOpen: boolean;
  /** As the browser would report the end; undefined while open. */
  readonly closeCode: number | undefined;
  send(message: object | string): void;
  /** Sends and waits for the next reply. */
  ask(message: object | string): Promise<Reply>;
  /** Ends with a close frame, as a browser does. */
  close(): Promise<void>;
}

/** Opens a socket. Rejects when the upgrade is refused. */
export async function openOmeClient(url: string, origin?: string): Promise<OmeClient> {
  const socket = new WebSocket(url, origin === undefined ? {} : { origin });
  const received: Reply[] = [];
  let closeCode: number | undefined;
  socket.on('message', (data) => received.push(JSON.parse(String(data))));
  socket.on('close', (code) => {
    closeCode = code;
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve());
    socket.once('error', reject);
  });
  socket.on('error', () => {});
  const send = (message: object | string) =>
    socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  return {
    received,
    get isOpen() {
      return socket.readyState === socket.OPEN;
    },
    get closeCode() {
      return closeCode;
    },
    send,
    async ask(message) {
      const before = received.length;
      send(message);
      await waitUntil(() => received.length > before, `${JSON.stringify(message)} is answered`);
      return received[before] ?? {};
    },
    async close() {
      socket.close();
      await waitUntil(() => closeCode !== undefined, 'the socket is closed');
    },
  };
}
