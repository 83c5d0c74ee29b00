import { shareEvents } from './share-events.js';

/** The demo's own server as this page sees it: which streams there are, and the callbacks it gets. */

/** A stream of the Live API, without anything secret. */
export interface ListedStream {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  /** Since when it is known to be so, by the server's clock, in epoch milliseconds. */
  readonly at: number;
}

/** The Live API that the demo's server talks to. */
export type Service = 'local' | 'qencode';

/** A callback of the Live API, as it arrived at the demo's server. */
export interface ReceivedCallback {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly id: string;
  readonly status: string;
}

/** Which streams there are, and where. */
export interface StreamList {
  readonly service: Service;
  readonly streams: readonly ListedStream[];
  /** How far the server's clock is ahead of this page's, in milliseconds. */
  readonly clockOffsetMs: number;
}

/** Asks which streams there are. @throws Error with the server's words, as all of these do. */
export async function listStreams(signal: AbortSignal): Promise<StreamList> {
  const { service, streams, now } = await call('GET', signal);
  const aheadMs = typeof now === 'number' ? now - Date.now() : 0;
  return {
    // The travel time of the answer is no difference between the clocks.
    clockOffsetMs: Math.abs(aheadMs) < 1_500 ? 0 : aheadMs,
    service: service === 'qencode' ? 'qencode' : 'local',
    streams: Array.isArray(streams) ? streams.map(listed) : [],
  };
}

/** Creates a stream, which is not started by that. */
export async function createStream(): Promise<ListedStream> {
  return listed(await call('POST'));
}

/** Calls `listener` with each callback, the latest ones first of all; returns the function that ends it. */
export function listenToCallbacks(listener: (callback: ReceivedCallback) => void): () => void {
  return shareEvents('/api/callbacks', (data) => {
    const { at, id, status } = JSON.parse(data) as Partial<ReceivedCallback>;
    if (typeof at === 'number') listener({ at, id: String(id), status: String(status) });
  });
}

async function call(
  method: 'GET' | 'POST',
  signal?: AbortSignal,
): Promise<Readonly<Record<string, unknown>>> {
  const response = await fetch('/api/streams', { method, ...(signal !== undefined && { signal }) });
  const answer = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  if (response.ok) return answer;
  const { message } = answer;
  throw new Error(
    typeof message === 'string' ? message : 'The demo’s server does not answer. Start it again.',
  );
}

function listed(stream: Partial<ListedStream>): ListedStream {
  return {
    id: String(stream.id),
    name: String(stream.name),
    status: String(stream.status),
    at: Number(stream.at ?? 0),
  };
}
