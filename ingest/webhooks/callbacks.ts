import { setTimeout as delay } from 'node:timers/promises';
import type { EventLog } from '../streams/ingest-events.js';
import type { LiveStream } from '../streams/live-stream.js';
import type { StreamStatus } from '../streams/live-streams.js';
import type { StreamRecord } from '../streams/stream-record.js';

const TRIES = 5;
const TRY_TIMEOUT_MS = 10_000;
const LONGEST_WAIT_MS = 60_000;
/** A receiver that was away for longer than this asks the Live API how the stream stands. */
const MAX_PENDING = 100;

/** A stream object on its way to a `callback_url`. */
export interface PendingCall {
  readonly status: StreamStatus;
  /** The stream object at the time of the change, as JSON. */
  readonly body: string;
}

/** Tells each stream's `callback_url` of its changes of status. */
export interface Callbacks {
  /** Takes a change to be told; nothing happens if the stream has no `callback_url`. */
  add(record: StreamRecord, stream: LiveStream): void;
  /** Goes on with what an earlier process left. */
  resume(record: StreamRecord, calls: readonly PendingCall[]): void;
  /** The events that are not delivered yet, oldest first. */
  pending(record: StreamRecord): readonly PendingCall[];
  /** Breaks off what is under way; it stays pending. Adds nothing from then on. */
  close(): Promise<void>;
}

/** The context of callbacks. */
export interface CallbacksOptions {
  readonly events: EventLog;
  /** Wall-clock ms before the second try; each further wait is twice as long, less up to a half at random. */
  readonly retryMs: number;
  /** Wall-clock ms that one try may take. Default 10,000. */
  readonly tryTimeoutMs?: number;
  /** Hears when fewer calls are pending. */
  settled(record: StreamRecord): void;
}

/**
 * In order for each stream: one call is delivered, or given up after five tries, before the next
 * begins. A receiver may hear of a change twice, if the ingest ends before it noted the answer.
 */
export function createCallbacks(options: CallbacksOptions): Callbacks {
  const { events, retryMs, tryTimeoutMs = TRY_TIMEOUT_MS, settled } = options;
  const queues = new Map<string, PendingCall[]>();
  const working = new Map<string, Promise<void>>();
  const closing = new AbortController();
  const { signal } = closing;

  /** Answers `undefined` once delivered, else what went wrong. */
  const tryOnce = async (url: string, body: string): Promise<string | undefined> => {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        redirect: 'manual',
        signal: AbortSignal.any([signal, AbortSignal.timeout(tryTimeoutMs)]),
      });
      await response.body?.cancel();
      return response.ok ? undefined : `it answered ${response.status}`;
    } catch (thrown) {
      const timedOut = thrown instanceof Error && thrown.name === 'TimeoutError';
      return timedOut ? 'it did not answer in time' : 'it cannot be reached';
    }
  };
  const deliver = async (record: StreamRecord, { status, body }: PendingCall) => {
    for (let attempt = 1; ; attempt += 1) {
      // Asked for each time: whoever mends the address of a stream hears what was held up.
      const url = record.settings.callback_url;
      if (url === '') return;
      const problem = await tryOnce(url, body);
      signal.throwIfAborted();
      if (problem === undefined) {
        events.add('callback-delivered', `Callback delivered: ${status}`, record.id, status);
        return;
      }
      if (attempt === TRIES) {
        const text = `Callback failed: ${status}, tried ${TRIES} times: ${problem}`;
        events.add('callback-failed', text, record.id, status);
        return;
      }
      const longest = Math.min(retryMs * 2 ** (attempt - 1), LONGEST_WAIT_MS);
      await delay(longest * (1 - Math.random() / 2), undefined, { signal });
    }
  };
  const work = async (record: StreamRecord, queue: PendingCall[]) => {
    for (let call = queue[0]; call !== undefined; call = queue[0]) {
      await deliver(record, call);
      // A full queue may have dropped it meanwhile.
      if (queue[0] === call) queue.shift();
      settled(record);
    }
  };
  const push = (record: StreamRecord, calls: readonly PendingCall[]) => {
    if (signal.aborted || calls.length === 0) return;
    const queue = queues.get(record.id) ?? [];
    queues.set(record.id, queue);
    queue.push(...calls);
    while (queue.length > MAX_PENDING) {
      const status = queue.shift()?.status ?? record.life.status;
      const text = `Callback failed: ${status}, too many were pending`;
      events.add('callback-failed', text, record.id, status);
    }
    if (working.has(record.id)) return;
    const end = () => {
      working.delete(record.id);
      if (queue.length === 0) queues.delete(record.id);
    };
    working.set(record.id, work(record, queue).then(end, end));
  };

  return {
    add(record, stream) {
      if (record.settings.callback_url === '') return;
      push(record, [{ status: stream.status, body: JSON.stringify(stream) }]);
    },
    resume: push,
    pending: ({ id }) => [...(queues.get(id) ?? [])],
    async close() {
      closing.abort();
      await Promise.all(working.values());
    },
  };
}
