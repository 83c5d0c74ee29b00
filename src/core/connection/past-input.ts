import type { Connection } from './connection.js';
import type { IngestTarget } from './target.js';

/** What an ingest knows of us: the stream of `revision` had our media before. */
export interface PastInput {
  readonly revision: number;
  /** Until when, in epoch milliseconds, once that broadcast is over; before, since when. */
  readonly at: number;
  /** Whether the ingest may not have heard of the end: then it still holds that session for a while. */
  readonly wasCutOff: boolean;
}

/** What a page before this one had at `target`, and may not have told the ingest the end of. */
export function inputBefore(
  target: IngestTarget,
  { leftAt, at }: { readonly leftAt: number; readonly at: number },
): PastInput | null {
  if (target.status !== 'set') return null;
  return { revision: target.revision, at: Math.min(leftAt, at), wasCutOff: true };
}

/** What is known of past input after `before` became `now` at `at` (epoch milliseconds). */
export function pastInputAfter(
  past: PastInput | null,
  { before, now, target, at }: PastChange,
): PastInput | null {
  if (before.status === now.status) return past;
  if (now.status === 'live') {
    return target.status === 'set' ? { revision: target.revision, at, wasCutOff: false } : past;
  }
  if (past === null || now.status === 'reconnecting') return past;
  if (before.status === 'live') return { ...past, at };
  return before.status === 'reconnecting'
    ? { ...past, at: before.gap.windowFrom, wasCutOff: true }
    : past;
}

interface PastChange {
  readonly before: Connection;
  readonly now: Connection;
  readonly target: IngestTarget;
  readonly at: number;
}

/** What the ingest of `target` knows of us; nothing of a stream that was started since. */
export function pastInputAt(target: IngestTarget, past: PastInput | null): PastInput | null {
  if (target.status !== 'set' || past?.revision !== target.revision) return null;
  return target.startedAt !== null && target.startedAt > past.at ? null : past;
}

/**
 * When the ingest stops waiting for input that is not there yet, in epoch milliseconds: it counts
 * from the last input, or else from the stream's start; `null` where neither is known.
 */
export function inputDueAt(target: IngestTarget, past: PastInput | null): number | null {
  if (target.status !== 'set') return null;
  const from = pastInputAt(target, past)?.at ?? target.startedAt;
  return from === null ? null : from + target.timeoutSeconds * 1000;
}
