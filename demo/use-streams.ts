import { useCallback, useEffect, useState } from 'react';
import {
  createStream,
  type ListedStream,
  listStreams,
  type ReceivedCallback,
  type Service,
} from './streams-api.js';

/** A status that was heard of; by a callback with its date. */
type Word = Omit<ReceivedCallback, 'at'> & Partial<ReceivedCallback>;

/** The streams to choose from, and the one that is chosen: the newest until a person says otherwise. */
export function useStreams() {
  const [service, setService] = useState<Service | null>(null);
  const [streams, setStreams] = useState<readonly ListedStream[]>([]);
  const [clockOffsetMs, setClockOffsetMs] = useState(0);
  const [chosenId, setChosenId] = useState<string | null>(null);
  const [isCreating, setIsCreating] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  const refresh = useCallback((signal: AbortSignal) => {
    listStreams(signal).then(
      (answer) => {
        setService(answer.service);
        // One that was created meanwhile is not in a list that was asked for before.
        const listed = new Set(answer.streams.map(({ id }) => id));
        setStreams((before) => [...answer.streams, ...before.filter(({ id }) => !listed.has(id))]);
        setClockOffsetMs(answer.clockOffsetMs);
        setProblem(null);
      },
      (error: Error) => {
        // An abort is this page's own doing.
        if (!signal.aborted) setProblem(error.message);
      },
    );
  }, []);

  useEffect(() => {
    const controller = new AbortController();
    refresh(controller.signal);
    return () => controller.abort();
  }, [refresh]);

  return {
    service,
    /** How far the server's clock is ahead of this page's, in milliseconds. */
    clockOffsetMs,
    streams,
    problem,
    isCreating,
    /** `null` while there is none: starting then creates one. */
    chosen: streams.find(({ id }) => id === chosenId) ?? streams.at(-1) ?? null,
    choose: setChosenId,
    /** Takes in the newest word on one of them, whoever brought it. A dated one may be told again late. */
    hear: useCallback(({ id, status, at }: Word) => {
      setStreams((before) =>
        before.map((stream) => {
          const since = at ?? stream.at;
          return stream.id === id && since >= stream.at ? { ...stream, status, at: since } : stream;
        }),
      );
    }, []),
    create: useCallback(() => {
      setIsCreating(true);
      createStream()
        .then(
          (stream) => {
            setStreams((before) => [...before, stream]);
            setChosenId(stream.id);
            setProblem(null);
          },
          (error: Error) => setProblem(error.message),
        )
        .finally(() => setIsCreating(false));
    }, []),
  };
}
