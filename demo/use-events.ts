import { useCallback, useEffect, useRef, useState } from 'react';
import { listenToIngest } from './ingest-api.js';
import { listenToCallbacks, type ReceivedCallback, type Service } from './streams-api.js';

/** The source of an event. */
export type EventSourceName = 'you' | 'ingest' | 'callback';

/** One line of the events card. */
export interface EventLine {
  readonly key: number;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly from: EventSourceName;
  readonly text: string;
}

const KEPT = 60;

/** The events of this page, of the local ingest, and of one stream's callbacks; newest first. */
export function useEvents({
  streamId,
  service,
  clockOffsetMs,
  onCallback,
}: {
  readonly streamId: string | null;
  readonly service: Service | null;
  /** How far the clock of the server, which dates what it tells, is ahead of this page's. */
  readonly clockOffsetMs: number;
  readonly onCallback: (callback: ReceivedCallback) => void;
}) {
  const [lines, setLines] = useState<readonly EventLine[]>([]);
  const keys = useRef(0);

  const put = useCallback((at: number, from: EventSourceName, text: string) => {
    keys.current += 1;
    const line = { key: keys.current, at, from, text };
    setLines((before) =>
      // A stream that is chosen again is told of again from the start.
      before.some((other) => other.at === at && other.from === from && other.text === text)
        ? before
        : // Two sources tell of one moment, and either may be heard first.
          [line, ...before].sort((left, right) => right.at - left.at).slice(0, KEPT),
    );
  }, []);

  useEffect(() => {
    if (streamId === null) return undefined;
    return listenToCallbacks((callback) => {
      const { at, id, status } = callback;
      onCallback(callback);
      if (id === streamId) put(at - clockOffsetMs, 'callback', `Callback: ${status}`);
    });
  }, [streamId, clockOffsetMs, put, onCallback]);

  useEffect(() => {
    if (streamId === null || service !== 'local') return undefined;
    return listenToIngest((line) => {
      if (line.streamId !== null && line.streamId !== streamId) return;
      put(line.at - clockOffsetMs, 'ingest', line.text);
    });
  }, [streamId, service, clockOffsetMs, put]);

  return { lines, add: useCallback((text: string) => put(Date.now(), 'you', text), [put]) };
}
