import { eventStreamResponse } from './event-stream.js';
import { isEndedStatus } from './live-stream.js';
import { percentEncoded } from './percent-encoded.js';
import type { SessionStatus } from './session-messages.js';
import { SessionRefusal } from './session-refusal.js';
import type { SessionClaims } from './session-token.js';
import type { StatusFeed } from './status-feed.js';
import { now } from './time.js';

/** A session that a request has proved to be its caller's. */
export interface HeldSession {
  readonly id: string;
  readonly caller: string;
  readonly claims: SessionClaims;
}

/** The answers of the endpoint that last: streams of `status` events. */
export interface SessionEvents {
  /** Tells `first` and each status after it, to the end of the stream or of the session. */
  follow(request: Request, held: HeldSession, first: string): Response;
  /** Ends all of them, and lets none begin. */
  close(): void;
}

/** Makes the streams of events of one endpoint. Throws a `SessionRefusal` beyond `maxOfCaller`. */
export function createSessionEvents(options: {
  readonly feed: StatusFeed;
  readonly maxOfCaller: number;
  /** Proves the request again, as it was proved at first; rejects with a `SessionRefusal`. */
  readonly prove: (request: Request) => Promise<HeldSession>;
  readonly report: (error: unknown) => void;
}): SessionEvents {
  const { feed, maxOfCaller, prove, report } = options;
  const open = new Set<{ readonly caller: string; readonly end: () => void }>();
  let closed = false;

  return {
    follow(request, held, first) {
      const { caller, claims } = held;
      // A browser reconnects whenever an answer ends; this is how it learns that there is no more.
      const again = request.headers.get('last-event-id') === first && isEndedStatus(first);
      if (again || closed) return new Response(null, { status: 204 });
      const others = [...open].filter((other) => other.caller === caller);
      if (others.length >= maxOfCaller) throw tooMany(maxOfCaller);
      const life = { signal: request.signal, endsAt: claims.endsAt };
      return eventStreamResponse(life, ({ send, end }) => {
        const tell = (status: string) => {
          send('status', statusOf(held, status), percentEncoded(status));
          if (isEndedStatus(status)) end();
        };
        tell(first);
        if (isEndedStatus(first)) return () => {};
        const news: string[] = [];
        let wake = () => {};
        let isOver = false;
        // One function from here to the end, so that it stays this request's in the eyes of a
        // framework that knows the current request by where the code was called from.
        const pass = async () => {
          for (;;) {
            const status = news.shift();
            if (isOver) return;
            if (status === undefined) {
              await new Promise<void>((resolve) => {
                wake = resolve;
              });
              continue;
            }
            // A page that listens for hours may have lost the stream, or the right to ask,
            // meanwhile.
            await prove(request);
            tell(status);
          }
        };
        pass().catch((thrown: unknown) => {
          if (!(thrown instanceof SessionRefusal)) report(thrown);
          end();
        });
        const onStatus = (status: string) => {
          news.push(status);
          wake();
        };
        const leave = feed.follow(claims.streamId, first, { onStatus });
        const listener = { caller, end };
        open.add(listener);
        return () => {
          isOver = true;
          open.delete(listener);
          leave();
          wake();
        };
      });
    },
    close() {
      closed = true;
      for (const { end } of [...open]) end();
    },
  };
}

/** The status of a session as a page gets it. */
export function statusOf({ id, claims }: HeldSession, status: string): SessionStatus {
  return {
    session: id,
    status,
    startedAt: new Date(claims.startedAt).toISOString(),
    serverTime: new Date(now()).toISOString(),
  };
}

function tooMany(most: number): SessionRefusal {
  return new SessionRefusal(
    'too-many-listeners',
    `One caller may follow ${most} streams of events at a time. Close one, or ask without text/event-stream.`,
    { 'retry-after': '5' },
  );
}
