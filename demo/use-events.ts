import { useCallback, useEffect, useRef, useState } from 'react';
import { listenToIngest } from './ingest-api.js';

/** One line of the events card. */
export interface EventLine {
  readonly key: number;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly text: string;
}

const KEPT = 40;

/** What happened on this page, and at the local ingest to its stream; newest first. */
export function useEvents(streamId: string | null) {
  const [lines, setLines] = useState<readonly EventLine[]>([]);
  const keys = useRef(0);

  const put = useCallback((at: number, text: string) => {
    keys.current += 1;
    const line = { key: keys.current, at, text };
    setLines((before) => [line, ...before].slice(0, KEPT));
  }, []);

  useEffect(() => {
    if (streamId === null) return undefined;
    return listenToIngest((line) => {
      if (line.streamId === null || line.streamId === streamId) put(line.at, line.text);
    });
  }, [streamId, put]);

  return { lines, add: useCallback((text: string) => put(Date.now(), text), [put]) };
}
