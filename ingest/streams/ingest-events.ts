import type { StreamStatus } from './live-streams.js';

/** The subject of an event. */
export type IngestEventKind =
  | 'stream-created'
  | 'stream-started'
  | 'publisher-connected'
  | 'live'
  | 'output-ready'
  | 'publisher-lost'
  | 'publish-refused'
  | 'publisher-warned'
  | 'stream-stopped'
  | 'stream-deleted'
  | 'viewer-joined'
  | 'viewer-left'
  | 'viewer-refused'
  | 'recording-started'
  | 'recording-stopped'
  | 'hls-started'
  | 'hls-ended'
  | 'fault-set'
  | 'fault-cleared'
  | 'callback-delivered'
  | 'callback-failed'
  | 'record-unreadable'
  | 'store-failed'
  | 'store-mended'
  | 'store-damaged'
  | 'restarting'
  | 'restarted';

/** Something that happened on the ingest. It never carries a stream key. */
export interface IngestEvent {
  /** Epoch ms. */
  readonly at: number;
  readonly kind: IngestEventKind;
  /** The stream it happened to; absent where it concerns the whole ingest. */
  readonly streamId?: string;
  /** The status that a callback carried. */
  readonly status?: StreamStatus;
  /** In plain words. */
  readonly text: string;
}

/** Where events go and who hears them. */
export interface EventLog {
  add(kind: IngestEventKind, text: string, streamId?: string, status?: StreamStatus): void;
  subscribe(listener: (event: IngestEvent) => void): () => void;
  /** The newest events, oldest first. */
  recent(): readonly IngestEvent[];
}

const KEPT = 200;

/** Starts an empty log. `log` gets every event as one line. */
export function createEventLog(log: (line: string) => void): EventLog {
  const listeners = new Set<(event: IngestEvent) => void>();
  const kept: IngestEvent[] = [];
  return {
    add(kind, text, streamId, status) {
      const event: IngestEvent = {
        at: Date.now(),
        kind,
        text,
        ...(streamId === undefined ? {} : { streamId }),
        ...(status === undefined ? {} : { status }),
      };
      kept.push(event);
      if (kept.length > KEPT) kept.shift();
      log(streamId === undefined ? text : `${text} (stream ${streamId})`);
      for (const listener of [...listeners]) listener(event);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    recent: () => [...kept],
  };
}
