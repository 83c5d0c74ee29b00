import { onAbort } from './abort.js';
import { now } from './time.js';

const KEEP_ALIVE_MS = 15_000;

/** One stream of server-sent events, from the side of the server. */
export interface EventStream {
  /** Sends an event; nothing once it has ended. `id` comes back from a browser that reconnects. */
  send(event: string, data: unknown, id: string): void;
  /** Ends the answer. */
  end(): void;
}

/**
 * An answer of server-sent events (HTML standard, section 9.2) with a comment every 15 s.
 * `open` is called at once and returns what to undo when the answer ends: by `end`, by the reader,
 * by the signal, or with the first comment after `endsAt`, in epoch milliseconds.
 */
export function eventStreamResponse(
  { signal, endsAt }: { readonly signal: AbortSignal; readonly endsAt: number },
  open: (events: EventStream) => () => void,
): Response {
  const encoder = new TextEncoder();
  let close = () => {};
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      let ended = false;
      let undo = () => {};
      let forget = () => {};
      const keepAlive = setInterval(() => {
        if (now() >= endsAt) return end();
        // A reader that does not read gets no more of these to keep.
        if ((controller.desiredSize ?? 0) > 0) controller.enqueue(encoder.encode(':\n\n'));
      }, KEEP_ALIVE_MS);
      close = () => {
        if (ended) return;
        ended = true;
        clearInterval(keepAlive);
        forget();
        undo();
      };
      const end = () => {
        if (ended) return;
        close();
        controller.close();
      };
      const send = (event: string, data: unknown, id: string) => {
        if (ended) return;
        const text = `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
        controller.enqueue(encoder.encode(text));
      };
      forget = onAbort(signal, end);
      const opened = open({ send, end });
      if (ended) opened();
      else undo = opened;
    },
    cancel: () => close(),
  });
  return new Response(body, {
    headers: {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      // Proxies such as nginx would hold events back.
      'x-accel-buffering': 'no',
    },
  });
}
