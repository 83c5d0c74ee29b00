import { useCallback, useEffect, useState } from 'react';
import type { LocalStream, StreamStanding } from './ingest-api.js';
import { getStanding, openStream, startStream } from './ingest-api.js';

const POLL_MS = 1_000;

/** The page's own stream at the local ingest: opened on arrival, asked about once a second. */
export function useLocalStream({ enabled }: { readonly enabled: boolean }) {
  const [stream, setStream] = useState<LocalStream | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [wanted, setWanted] = useState(enabled);
  const id = stream?.id ?? null;

  const settle = useCallback((asked: Promise<LocalStream | StreamStanding>) => {
    asked.then(
      (answer) => {
        setStream((before) => ('id' in answer ? answer : before && { ...before, ...answer }));
        setProblem(null);
      },
      (error: unknown) => {
        // An abort is this page's own doing.
        if (error instanceof Error && error.name !== 'AbortError') setProblem(error.message);
      },
    );
  }, []);

  useEffect(() => {
    // StrictMode mounts twice; the timer of the first mount never fires.
    const timer = wanted && id === null ? setTimeout(() => settle(openStream())) : undefined;
    return () => clearTimeout(timer);
  }, [wanted, id, settle]);

  useEffect(() => {
    if (id === null) return undefined;
    const controller = new AbortController();
    const timer = setInterval(() => settle(getStanding(id, controller.signal)), POLL_MS);
    return () => {
      clearInterval(timer);
      controller.abort();
    };
  }, [id, settle]);

  return {
    stream,
    problem,
    open: useCallback(() => setWanted(true), []),
    startAgain: useCallback(() => {
      if (id !== null) settle(startStream(id));
    }, [id, settle]),
  };
}
