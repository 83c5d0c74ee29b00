/** The local ingest as this page sees it: through the demo server, on its own origin. */

/** A stream of the local ingest. Its address ends in its key, and is a publish credential. */
export interface LocalStream {
  readonly id: string;
  readonly status: string;
  readonly serverUrl: string;
  /** Epoch milliseconds. */
  readonly startedAt: number | null;
}

/** One line of what happened at the ingest. */
export interface IngestLine {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly text: string;
  readonly streamId: string | null;
}

/** A fault that a person can ask for, as the ingest's control API takes it. */
export type DemoFault =
  | { readonly kind: 'cut-media'; readonly durationMs: number }
  | { readonly kind: 'cut-socket' }
  | { readonly kind: 'restart'; readonly downForMs: number };

/** How a stream stands. */
export type StreamStanding = Pick<LocalStream, 'status' | 'startedAt'>;

/**
 * Creates and starts a stream. Only the answer to a start holds the key.
 * @throws Error with the ingest's words, as all of these do.
 */
export async function openStream(): Promise<LocalStream> {
  return startedStreamOf(await call('/ingest/streams', 'POST', {}));
}

/** Starts a stream again after it has stopped; its address is a new one. */
export async function startStream(id: string): Promise<LocalStream> {
  return startedStreamOf(await call(`/ingest/streams/${encodeURIComponent(id)}/start`, 'POST', {}));
}

/** Asks how a stream stands. */
export async function getStanding(id: string, signal: AbortSignal): Promise<StreamStanding> {
  return standingOf(
    await call(`/ingest/streams/${encodeURIComponent(id)}`, 'GET', undefined, signal),
  );
}

/** Breaks something at the ingest, to see what happens. */
export async function breakStream(id: string, fault: DemoFault): Promise<void> {
  await call(`/ingest/streams/${encodeURIComponent(id)}/faults`, 'POST', fault);
}

/** Calls `listener` with each event of the ingest, once; returns the function that ends it. */
export function listenToIngest(listener: (line: IngestLine) => void): () => void {
  let source: EventSource;
  let retry: ReturnType<typeof setTimeout>;
  const told = new Set<string>();
  const open = () => {
    source = new EventSource('/ingest/events');
    source.onmessage = ({ data }) => {
      // A connection made anew begins with what was told before.
      if (told.has(String(data))) return;
      told.add(String(data));
      const { at, text, streamId } = JSON.parse(String(data)) as Partial<IngestLine>;
      if (typeof at !== 'number' || typeof text !== 'string') return;
      listener({ at, text, streamId: streamId ?? null });
    };
    // A server that is down answers with an error page, which an EventSource takes as final.
    source.onerror = () => {
      if (source.readyState === EventSource.CLOSED) retry = setTimeout(open, 1_000);
    };
  };
  open();
  return () => {
    clearTimeout(retry);
    source.close();
  };
}

async function call(
  path: string,
  method: string,
  body: unknown,
  signal?: AbortSignal,
): Promise<Record<string, unknown>> {
  const response = await fetch(path, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    ...(signal === undefined ? {} : { signal }),
  });
  const answer = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  if (response.ok) return answer;
  throw new Error(
    typeof answer['message'] === 'string'
      ? answer['message']
      : 'The local ingest does not answer. It may be restarting.',
  );
}

function startedStreamOf(stream: Record<string, unknown>): LocalStream {
  const urls = (stream['server_urls'] ?? {}) as Record<string, unknown>;
  return {
    id: String(stream['id']),
    serverUrl: String(urls['webrtc']),
    ...standingOf(stream),
  };
}

function standingOf(stream: Record<string, unknown>): StreamStanding {
  // A creation is answered as the Live API does, a question with the ingest's own report.
  const startedAt = stream['startedAt'] ?? stream['started_at'];
  const isKnown = typeof startedAt === 'string' || typeof startedAt === 'number';
  return {
    status: String(stream['status']).toLowerCase(),
    startedAt: isKnown ? new Date(startedAt).getTime() : null,
  };
}
