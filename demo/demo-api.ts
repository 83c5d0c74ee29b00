import type { LiveClient } from '../src/qencode/index.js';
import { createSessionHandler, parseCallback } from '../src/qencode/index.js';

/** The demo's own server, as one standard function from request to response. */
export interface DemoApiOptions {
  readonly client: LiveClient;
  /** The owner of the Live API, shown on the page. */
  readonly service: 'local' | 'qencode';
  /** Where the Live API reaches `/api/callback`; without it status is polled. */
  readonly callbackUrl?: string | undefined;
}

/**
 * `/api/broadcast` is the kit's session handler; `/api/streams` lists and creates streams, so that
 * the page may offer a choice; `/api/callback` takes the Live API's callbacks, and
 * `/api/callbacks` tells the page of each as it arrives.
 */
export function createDemoApi({ client, service, callbackUrl }: DemoApiOptions) {
  const callbacks = createCallbackFeed();
  const sessions = createSessionHandler({
    client,
    // An app asks its own login here; whoever reaches this server on loopback is its one user.
    authorize: () => ({ caller: 'demo' }),
    startLimit: { starts: 100, perSeconds: 3600 },
    streamFor: (_caller, request) => new URL(request.url).searchParams.get('stream'),
    ...(callbackUrl !== undefined && { callbackUrl }),
  });

  const create = (name: string, signal: AbortSignal) =>
    client.createStream({ name, inputFormat: 'webrtc', callbackUrl }, { signal });

  const answer = async (request: Request): Promise<Response> => {
    const { signal } = request;
    const { pathname, origin } = new URL(request.url);
    // A page of any other site could otherwise create streams behind a person's back.
    if ((request.headers.get('origin') ?? origin) !== origin) {
      return Response.json({ message: 'This server serves its own page only.' }, { status: 403 });
    }
    switch (`${request.method} ${pathname}`) {
      case 'GET /api/streams': {
        // Before the question: a callback that comes meanwhile is newer than the answer.
        const at = Date.now();
        const streams = await client.listStreams({ signal });
        const some = streams.length > 0 ? streams : [await create('My first stream', signal)];
        const listed = some.map((stream) => shown(stream, at));
        return Response.json({ service, streams: listed, now: Date.now() });
      }
      case 'POST /api/streams': {
        const name = `Stream of ${new Date().toLocaleTimeString('en-GB')}`;
        const at = Date.now();
        return Response.json(shown(await create(name, signal), at), { status: 201 });
      }
      case 'POST /api/callback': {
        callbacks.tell(shown(parseCallback(await request.clone().json()), Date.now()));
        return sessions.callback(request);
      }
      case 'GET /api/callbacks':
        return callbacks.open();
      default:
        return pathname === '/api/broadcast'
          ? sessions(request)
          : Response.json({ message: 'There is nothing at this address.' }, { status: 404 });
    }
  };
  return (request: Request): Promise<Response> =>
    // The words of the Live API's client are made for people, and hold no secret.
    answer(request).catch((error: Error) =>
      Response.json({ message: error.message }, { status: 502 }),
    );
}

/** The part of a stream that every page may know: no key. `at`: when it was so, epoch milliseconds. */
function shown(
  {
    id,
    name,
    status,
  }: { readonly id: string; readonly name: string | null; readonly status: string },
  at: number,
) {
  return { id, name, status, at };
}

/** How many callbacks a page that connects is told first. */
const KEPT = 100;

/** Server-sent events of what `tell` is told, the latest first of all, to whoever has it open. */
function createCallbackFeed() {
  const kept: Uint8Array[] = [];
  const open = new Set<ReadableStreamDefaultController<Uint8Array>>();
  const encoder = new TextEncoder();
  return {
    tell(callback: object) {
      const event = encoder.encode(`data: ${JSON.stringify(callback)}\n\n`);
      kept.push(event);
      if (kept.length > KEPT) kept.shift();
      for (const controller of open) controller.enqueue(event);
    },
    open() {
      let own: ReadableStreamDefaultController<Uint8Array>;
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          own = controller;
          open.add(controller);
          controller.enqueue(encoder.encode(': open\n\n'));
          for (const event of kept) controller.enqueue(event);
        },
        cancel: () => void open.delete(own),
      });
      return new Response(body, {
        headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' },
      });
    },
  };
}
