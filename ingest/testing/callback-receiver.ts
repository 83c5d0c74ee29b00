import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LiveStream } from '../streams/live-stream.js';

/** A server that takes callbacks, with every try it got. */
export interface CallbackReceiver {
  /** Has a query, which is to appear nowhere. */
  readonly url: string;
  /** Bodies of all tries, answered or not. */
  readonly received: readonly LiveStream[];
  readonly contentTypes: readonly (string | undefined)[];
  close(): Promise<void>;
}

/** `answer` is told the number of the try, from 1, and may leave it without a reply. */
export async function openCallbackReceiver(
  answer: (attempt: number, response: ServerResponse) => void = (_, response) => response.end(),
  port = 0,
): Promise<CallbackReceiver> {
  const received: LiveStream[] = [];
  const contentTypes: (string | undefined)[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    contentTypes.push(request.headers['content-type']);
    received.push(JSON.parse(Buffer.concat(chunks).toString()));
    answer(received.length, response);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${bound}/hook?secret=hush`,
    received,
    contentTypes,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
