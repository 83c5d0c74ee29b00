'use client';

import { useEffect, useReducer, useRef, useState } from 'react';
import type { BroadcasterOptions, ConnectionStatus, IngestWindow } from '../core/index.js';
import { ingestWindow, parseStartedAt } from '../core/index.js';
import { callBack } from './call-back.js';
import type { Kinds } from './use-checked.js';
import { NUMBER, TEXT, useChecked } from './use-checked.js';
import { useHydrated } from './use-hydrated.js';

/** The options of `useIngestTimeout`. */
export interface IngestTimeoutOptions {
  /** When the stream was started; unknown or unreadable means that no clock runs. */
  readonly startedAt?: BroadcasterOptions['startedAt'];
  readonly status: ConnectionStatus;
  /** The stream's last status by its own server; it takes precedence over a clock. */
  readonly streamStatus?: string | null | undefined;
  /** How far the clock of `startedAt` is ahead of this page's, in milliseconds; default 0. */
  readonly clockOffsetMs?: number | undefined;
  /** How long the ingest waits, in seconds; default 120. */
  readonly timeoutSeconds?: number | undefined;
  /** When media was lost, in epoch milliseconds; without it, when `status` was seen to leave live. */
  readonly lostAt?: number | null | undefined;
  /** Called once for each time the clock runs out. */
  readonly onExpire?: (() => void) | undefined;
}

const STATUSES: readonly unknown[] = ['idle', 'connecting', 'live', 'reconnecting', 'failed'];

const KINDS: Kinds<IngestTimeoutOptions> = {
  startedAt: [
    (value) => parseStartedAt(value) !== null,
    'a Date, an ISO 8601 text or a number of milliseconds',
  ],
  status: [(value) => STATUSES.includes(value), 'the status of a connection'],
  streamStatus: TEXT,
  clockOffsetMs: NUMBER,
  timeoutSeconds: [(value) => secondsOf(value) === value, 'a number of seconds above 0'],
  lostAt: NUMBER,
};

const NO_CLOCK: IngestWindow = {
  phase: 'not-started',
  remainingSeconds: null,
  deadline: null,
  progress: null,
};

/**
 * The ingest's time-out as a countdown: input within `timeoutSeconds` of the start, and again of
 * each interruption. Each value follows from the clock, so it is right after the page has slept.
 */
export function useIngestTimeout(options: IngestTimeoutOptions): IngestWindow {
  const { startedAt, status, streamStatus, clockOffsetMs, timeoutSeconds, lostAt, onExpire } =
    useChecked('useIngestTimeout', options, KINDS);
  // The server's clock would render other seconds than the browser's, and a page that a server
  // renders ahead of time may not look at a clock at all.
  const isHydrated = useHydrated();
  const [ticks, recompute] = useReducer((count: number) => count + 1, 0);
  const now = isHydrated ? Date.now() : null;
  const start = startOf(startedAt, clockOffsetMs);
  const [memory, setMemory] = useState<Memory>({ status, start, seenAt: null, lostAt: null });
  const seen = { status, start, lostAt: instantOf(lostAt) };
  const known = now === null ? memory : remembered(memory, seen, now);
  if (known !== memory) setMemory(known);

  const answer =
    now === null
      ? NO_CLOCK
      : ingestWindow({
          now,
          startedAt: startHere(known, now),
          lostAt: known.lostAt,
          live: status === 'live',
          streamStatus: typeof streamStatus === 'string' ? streamStatus.toLowerCase() : null,
          timeoutSeconds: secondsOf(timeoutSeconds),
        });
  const { phase, deadline, remainingSeconds } = answer;
  const isRunning = phase === 'waiting' || phase === 'interrupted';

  // biome-ignore lint/correctness/useExhaustiveDependencies: a timer that fires early ticks without changing a second, and must be set again.
  useEffect(() => {
    if (!isRunning || deadline === null || remainingSeconds === null) return undefined;
    const nextAt = deadline - (remainingSeconds - 1) * 1000;
    const timer = setTimeout(recompute, Math.max(0, nextAt - Date.now()));
    return () => clearTimeout(timer);
  }, [isRunning, deadline, remainingSeconds, ticks]);

  useEffect(() => {
    if (!isRunning) return undefined;
    // Timers sleep with the tab; these are the first signs that someone looks at it again.
    document.addEventListener('visibilitychange', recompute);
    window.addEventListener('focus', recompute);
    window.addEventListener('pageshow', recompute);
    return () => {
      document.removeEventListener('visibilitychange', recompute);
      window.removeEventListener('focus', recompute);
      window.removeEventListener('pageshow', recompute);
    };
  }, [isRunning]);

  const expiredDeadline = useRef<number | null | undefined>(undefined);
  useEffect(() => {
    // A stream that the server calls over has no deadline, and may be over more than once.
    if (phase !== 'expired' && expiredDeadline.current === null) {
      expiredDeadline.current = undefined;
    }
    if (phase !== 'expired' || expiredDeadline.current === deadline) return;
    expiredDeadline.current = deadline;
    callBack(onExpire);
  });

  return answer;
}

/** A start so far ahead is one on a clock that is wrong, and was one when it came. */
const WRONG_CLOCK_MS = 30_000;

function startHere({ start, seenAt }: Memory, now: number): number | null {
  if (start === null) return null;
  const heardAt = seenAt ?? now;
  return start - heardAt > WRONG_CLOCK_MS ? heardAt : start;
}

type Seen = Omit<Memory, 'seenAt'>;

interface Memory {
  readonly status: ConnectionStatus;
  readonly start: number | null;
  /** When this start first came. */
  readonly seenAt: number | null;
  /** When media stopped, as long as it has not come back. */
  readonly lostAt: number | null;
}

function remembered(before: Memory, seen: Seen, now: number): Memory {
  const lostAt = lostInstant(before, seen, now);
  const seenAt = before.start === seen.start ? (before.seenAt ?? now) : now;
  const isSame =
    before.status === seen.status && before.start === seen.start && before.lostAt === lostAt;
  return isSame && before.seenAt === seenAt ? before : { ...seen, seenAt, lostAt };
}

function lostInstant(before: Memory, seen: Seen, now: number): number | null {
  if (seen.status === 'live') return null;
  if (seen.lostAt !== null) return seen.lostAt;
  if (seen.status === 'reconnecting') return before.lostAt ?? now;
  // Another start begins the count anew.
  if (seen.start !== before.start) return null;
  // After a stop, too, the ingest waits for input to come back; but only a stream that is known to
  // have been started is known to have such a rule.
  if (seen.start === null && seen.status !== 'failed') return null;
  return before.status === 'live' ? now : before.lostAt;
}

function startOf(startedAt: unknown, clockOffsetMs: unknown): number | null {
  const at = parseStartedAt(startedAt);
  return at === null ? null : at - (instantOf(clockOffsetMs) ?? 0);
}

function instantOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function secondsOf(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 120;
}
