import type { Connection } from './connection.js';
import { isHeld } from './connection.js';
import type { Network } from './network.js';
import { doubtAt } from './network.js';
import type { IngestTarget } from './target.js';

/** The session of ours that an ingest knows: `stream` had our media before. */
export interface PreviousSession {
  readonly stream: number;
  /** When the ingest began to wait for more, in epoch milliseconds; while live, when it began to come. */
  readonly at: number;
  /** Whether the ingest may not have heard of the end: then it still holds that session for a while. */
  readonly wasCutOff: boolean;
}

/**
 * The session of a page before this one at `target`; the ingest may not have been told of its end.
 */
export function sessionBefore(
  target: IngestTarget,
  { leftAt, at }: { readonly leftAt: number; readonly at: number },
): PreviousSession | null {
  if (target.status !== 'set') return null;
  return { stream: target.stream, at: Math.min(leftAt, at), wasCutOff: true };
}

/** A connection that was `before` is `now`, at `at` (epoch milliseconds). */
interface ConnectionChange {
  readonly before: Connection;
  readonly now: Connection;
  readonly target: IngestTarget;
  readonly network: Network;
  readonly at: number;
}

/** The previous session after `change`; `null` once the app has taken its URL away. */
export function previousSessionAfter(
  previous: PreviousSession | null,
  change: ConnectionChange,
): PreviousSession | null {
  const { before, now, target, at } = change;
  if (target.status !== 'set') return null;
  if (before.status === now.status) return previous;
  const { stream } = target;
  if (now.status === 'live') {
    // A session that healed is at the stream that it began with.
    return isHeld(before) ? previous : { stream, at, wasCutOff: false };
  }
  if (now.status === 'reconnecting') return previous;
  if (before.status === 'live') {
    return previous && { ...previous, at, wasCutOff: doubtAt(change.network, at) !== null };
  }
  if (before.status !== 'reconnecting') return previous;
  const { renewal, windowFrom } = before.interruption;
  // Nothing of ours was yet at the stream that the app handed over.
  if (renewal === 'fresh') return null;
  const lost = { at: windowFrom, wasCutOff: true };
  return renewal === 'used' ? { stream, ...lost } : previous && { ...previous, ...lost };
}

/**
 * The previous session that the ingest of `target` knows at `at` (epoch milliseconds); `null` for a
 * stream that was started since. Without a known start only a session that was cut off a moment ago
 * matters.
 */
export function previousSessionAt(
  target: IngestTarget,
  previous: PreviousSession | null,
  at: number,
): PreviousSession | null {
  if (target.status !== 'set' || previous?.stream !== target.stream) return null;
  if (target.startedAt !== null) return target.startedAt > previous.at ? null : previous;
  return previous.wasCutOff && at < previous.at + target.timeoutSeconds * 1000 ? previous : null;
}

/**
 * When the ingest stops waiting for input that is not there yet, in epoch milliseconds: it counts
 * from the `previous` session, or else from the stream's start; `null` where neither is known.
 */
export function inputDueAt(target: IngestTarget, previous: PreviousSession | null): number | null {
  if (target.status !== 'set') return null;
  const from = previous?.at ?? target.startedAt;
  return from === null ? null : from + target.timeoutSeconds * 1000;
}
