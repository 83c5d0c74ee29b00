import { shareCall } from './abort.js';
import { LiveApiError } from './live-api-error.js';
import type { LiveClient } from './live-client.js';
import { isEndedStatus } from './live-stream.js';
import { now, type Pause, pauseFor } from './time.js';

/** A webhook cannot make the feed ask more often than this. */
const MIN_GAP_MS = 500;
/** For so long what was read of a stream is the answer to everybody who asks for it. */
const SHARED_MS = 1000;

/** The news for a listener. */
export interface StatusListener {
  onStatus(status: string): void;
}

/**
 * The status of streams that somebody listens to: asked for in one place for all listeners of a
 * stream, every so often and when a webhook hints at it. Without listeners nothing is asked.
 */
export interface StatusFeed {
  /**
   * The status now: what is known if the stream is followed, else asked for, once a second at most
   * for all who want to know.
   */
  read(streamId: string, signal?: AbortSignal): Promise<string>;
  /** Tells each status that differs from `known`. The returned function ends it. */
  follow(streamId: string, known: string, listener: StatusListener): () => void;
  /** Asks now, if anybody listens. */
  hint(streamId: string): void;
  /** Passes on what the API has just said by another way. */
  tell(streamId: string, status: string): void;
}

interface Reading {
  readonly get: (signal?: AbortSignal) => Promise<string>;
  readonly isOver: () => boolean;
}

interface Followed {
  readonly listeners: Set<StatusListener>;
  readonly controller: AbortController;
  status: string;
  hinted: boolean;
  pause: Pause | null;
}

/** Makes a feed that asks every `pollMs`; failures go to `onError` and are tried again at the next turn. */
export function createStatusFeed(options: {
  readonly client: Pick<LiveClient, 'getStream'>;
  readonly pollMs: number;
  readonly onError: (error: unknown) => void;
}): StatusFeed {
  const { client, pollMs, onError } = options;
  const followed = new Map<string, Followed>();
  const readings = new Map<string, Reading>();

  const ask = async (streamId: string, signal?: AbortSignal): Promise<string> => {
    try {
      return (await client.getStream(streamId, { signal })).status;
    } catch (thrown) {
      if (thrown instanceof LiveApiError && thrown.code === 'not-found') return 'deleted';
      throw thrown;
    }
  };

  /** The reading of this second, begun now if there is none. The oldest come first in the map. */
  const readingOf = (streamId: string): Reading => {
    for (const [id, { isOver }] of readings) {
      if (!isOver()) break;
      readings.delete(id);
    }
    const recent = readings.get(streamId);
    if (recent !== undefined && !recent.isOver()) return recent;
    const askedAt = now();
    let known: Promise<string> | null = null;
    const get = shareCall(async (signal) => {
      const answer = ask(streamId, signal);
      // An answer that nobody waited for says nothing to later listeners.
      const keep = () => {
        known = signal.aborted ? null : answer;
      };
      answer.then(keep, keep);
      return answer;
    });
    const isOver = () => Math.abs(now() - askedAt) >= SHARED_MS;
    const reading = { get: (signal?: AbortSignal) => known ?? get(signal), isOver };
    readings.delete(streamId);
    readings.set(streamId, reading);
    return reading;
  };

  const learn = (stream: Followed, status: string): void => {
    const changed = status !== stream.status;
    stream.status = status;
    if (changed) for (const listener of [...stream.listeners]) listener.onStatus(status);
  };

  const rest = async (stream: Followed, ms: number): Promise<void> => {
    stream.pause = pauseFor(ms);
    await stream.pause.over;
  };

  const run = async (streamId: string, stream: Followed): Promise<void> => {
    const { signal } = stream.controller;
    let askedAt = Number.NEGATIVE_INFINITY;
    // Until when the API asked to be left alone, hint or not.
    let restsUntil = Number.NEGATIVE_INFINITY;
    const waitMs = () =>
      Math.max(restsUntil, stream.hinted ? askedAt + MIN_GAP_MS : restsUntil) - now();
    while (!signal.aborted) {
      if (!stream.hinted) await rest(stream, pollMs);
      while (!signal.aborted && waitMs() > 0) await rest(stream, waitMs());
      if (signal.aborted) return;
      stream.hinted = false;
      askedAt = now();
      try {
        const status = await ask(streamId, signal);
        if (signal.aborted) return;
        learn(stream, status);
      } catch (thrown) {
        if (signal.aborted) return;
        onError(thrown);
        const waitSeconds = thrown instanceof LiveApiError ? thrown.retryAfterSeconds : null;
        if (waitSeconds !== null) restsUntil = now() + waitSeconds * 1000;
      }
    }
  };

  return {
    async read(streamId, signal) {
      const stream = followed.get(streamId);
      // An ended stream may have been started again since.
      const known = stream !== undefined && !isEndedStatus(stream.status);
      return known ? stream.status : readingOf(streamId).get(signal);
    },
    follow(streamId, known, listener) {
      let stream = followed.get(streamId);
      if (stream === undefined) {
        stream = {
          listeners: new Set(),
          controller: new AbortController(),
          status: known,
          hinted: false,
          pause: null,
        };
        followed.set(streamId, stream);
        void run(streamId, stream);
      }
      const mine = stream;
      mine.listeners.add(listener);
      if (mine.status !== known) listener.onStatus(mine.status);
      return () => {
        mine.listeners.delete(listener);
        if (mine.listeners.size > 0) return;
        mine.controller.abort();
        mine.pause?.end();
        if (followed.get(streamId) === mine) followed.delete(streamId);
      };
    },
    hint(streamId) {
      const stream = followed.get(streamId);
      if (stream === undefined) return;
      stream.hinted = true;
      stream.pause?.end();
    },
    tell(streamId, status) {
      readings.delete(streamId);
      const stream = followed.get(streamId);
      if (stream !== undefined) learn(stream, status);
    },
  };
}
