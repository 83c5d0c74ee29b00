import { shareEvents } from './share-events.js';

/**
 * Features of the local ingest only: its events, and faults on request. Through the demo's server.
 */

/** One line of what happened at the ingest. */
export interface IngestLine {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly kind: string;
  readonly text: string;
  readonly streamId: string | null;
}

/** A fault that a person can ask for, as the ingest's control API takes it. */
export type DemoFault =
  | { readonly kind: 'cut-media'; readonly durationMs: number; readonly scope: 'path' }
  | { readonly kind: 'packet-loss'; readonly percent: number; readonly durationMs: number }
  | { readonly kind: 'slow-uplink'; readonly kbps: number; readonly durationMs: number }
  | { readonly kind: 'cut-socket' }
  | { readonly kind: 'restart'; readonly downForMs: number };

/** Breaks something at the ingest, to see what happens. @throws Error with the ingest's words. */
export function breakStream(id: string, fault: DemoFault): Promise<void> {
  return callFaults(id, { method: 'POST', body: JSON.stringify(fault) });
}

/** Takes away what was broken. @throws Error with the ingest's words. */
export function mendStream(id: string): Promise<void> {
  return callFaults(id, { method: 'DELETE', body: '{}' });
}

async function callFaults(id: string, what: RequestInit): Promise<void> {
  const response = await fetch(`/ingest/streams/${encodeURIComponent(id)}/faults`, {
    ...what,
    headers: { 'content-type': 'application/json' },
  });
  if (response.ok) return;
  const { message } = (await response.json().catch(() => ({}))) as { message?: unknown };
  throw new Error(
    typeof message === 'string'
      ? message
      : 'The local server does not answer. It may be restarting.',
  );
}

/** Calls `listener` with each event of the ingest, once; returns the function that ends it. */
export function listenToIngest(listener: (line: IngestLine) => void): () => void {
  return shareEvents('/ingest/events', (data) => {
    const { at, kind, text, streamId } = JSON.parse(data) as Partial<IngestLine>;
    if (typeof at !== 'number' || typeof text !== 'string') return;
    // Seen as it arrives.
    if (kind === 'callback-delivered') return;
    listener({ at, kind: String(kind), text, streamId: streamId ?? null });
  });
}
