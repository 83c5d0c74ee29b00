import { BroadcastError, RETRYABLE } from '../errors.js';
import type { Stamp } from '../foundation/stamp.js';
import type { Connection, Gap, Preparation, Step } from './connection.js';
import type { ConnectionHappening } from './connection-events.js';
import { FIRST_CONNECT, prepareDelayMs, retryDelayMs } from './reconnect-policy.js';
import type { IngestTarget } from './target.js';
import { noServerUrl } from './target.js';

/** What the connection has to know of its neighbours to judge an event. */
export interface ConnectionSurroundings {
  readonly target: IngestTarget;
  /** Whether there is anything to send: `settling` while a source is still being opened. */
  readonly capture: 'off' | 'settling' | 'some' | 'failed';
  /** Why nothing could be captured; set when `capture` is `failed`. */
  readonly captureError: BroadcastError | null;
}

const IDLE: Connection = { status: 'idle', preparation: { phase: 'none' } };

/**
 * The connection after `event`; total, pure, and the same reference when the event changes nothing.
 * Facts about a session other than the present one are ignored: a late reply cannot resurrect it.
 */
export function connectionTransition(
  connection: Connection,
  event: ConnectionHappening & Stamp,
  around: ConnectionSurroundings,
): Connection {
  switch (event.type) {
    case 'target-changed':
      return targetChanged(connection, event.target, around.target);
    case 'start-requested':
      return started(connection, event, around);
    case 'stop-requested':
    case 'release-requested':
      return connection.status === 'idle' && connection.preparation.phase === 'none'
        ? connection
        : IDLE;
    case 'prepare-requested':
      return prepared(connection, event, around);
    case 'retry-requested':
    case 'retry-due':
      return retried(connection, event);
    case 'window-closed':
      return connection.status === 'reconnecting'
        ? failed(resumeExpired(connection.gap.cause), event)
        : connection;
    case 'session-prepared':
    case 'session-progressed':
    case 'session-live':
    case 'session-healthy':
    case 'session-ended':
      return sessionReported(connection, event, around.target);
  }
}

/**
 * What follows from the state as it now is, without any event: an attempt that waited for the
 * camera goes on, and preparation begins by itself.
 */
export function settleConnection(
  connection: Connection,
  stamp: Stamp,
  around: ConnectionSurroundings,
): Connection {
  if (connection.status === 'connecting' && connection.step.phase === 'capturing') {
    if (around.capture === 'some') {
      return { ...connection, step: { phase: 'signaling', sessionId: stamp.id } };
    }
    if (around.capture === 'failed' || around.capture === 'off') {
      return failed(around.captureError ?? nothingToSend(), stamp);
    }
    return connection;
  }
  if (connection.status === 'idle' && connection.preparation.phase === 'none') {
    const byItself = around.target.status === 'set' && around.target.preparing === 'by-itself';
    if (byItself && around.capture === 'some') {
      return idle({ phase: 'preparing', sessionId: stamp.id, attempt: 1 });
    }
  }
  return connection;
}

/** A prepared offer fits the sources it was made for; other sources, or another URL, want a new one. */
export function withoutPreparation(connection: Connection): Connection {
  return connection.status === 'idle' && connection.preparation.phase !== 'none'
    ? IDLE
    : connection;
}

function targetChanged(
  connection: Connection,
  target: IngestTarget,
  before: IngestTarget,
): Connection {
  if (connection.status === 'failed') {
    return isMended(connection.error, target, before) ? IDLE : connection;
  }
  const stayed = target.status === 'set' && before.status === 'set';
  if (stayed && target.revision === before.revision) return connection;
  return withoutPreparation(connection);
}

/** Whether a new target takes away what the broadcast had failed for. */
function isMended({ code }: BroadcastError, target: IngestTarget, before: IngestTarget): boolean {
  if (code === 'invalid-options') return true;
  if (code !== 'ingest-timeout' && code !== 'resume-expired') return false;
  if (target.status !== 'set' || before.status !== 'set') return target.status === 'set';
  return target.revision !== before.revision || target.startedAt !== before.startedAt;
}

function started(connection: Connection, event: Stamp, around: ConnectionSurroundings): Connection {
  if (connection.status !== 'idle' && connection.status !== 'failed') return connection;
  if (around.target.status === 'invalid') return failed(around.target.error, event);
  if (around.target.status === 'unset') return failed(noServerUrl(), event);
  return {
    status: 'connecting',
    since: event.at,
    attempt: 1,
    step: firstStep(connection),
  };
}

function firstStep(connection: Connection): Step {
  if (connection.status === 'idle') {
    const { preparation } = connection;
    if (preparation.phase === 'ready') {
      return { phase: 'negotiating', sessionId: preparation.sessionId };
    }
    if (preparation.phase === 'preparing') {
      return { phase: 'signaling', sessionId: preparation.sessionId };
    }
  }
  return { phase: 'capturing' };
}

function prepared(
  connection: Connection,
  event: Stamp,
  around: ConnectionSurroundings,
): Connection {
  if (connection.status !== 'idle' || around.target.status !== 'set') return connection;
  const { preparation } = connection;
  if (preparation.phase === 'preparing' || preparation.phase === 'ready') return connection;
  return idle({ phase: 'preparing', sessionId: event.id, attempt: 1 });
}

function retried(connection: Connection, event: Stamp): Connection {
  if (connection.status === 'idle' && connection.preparation.phase === 'waiting') {
    const { attempt } = connection.preparation;
    return idle({ phase: 'preparing', sessionId: event.id, attempt: attempt + 1 });
  }
  const step: Step = { phase: 'signaling', sessionId: event.id };
  if (connection.status === 'connecting' && connection.step.phase === 'waiting') {
    return { ...connection, attempt: connection.attempt + 1, step };
  }
  if (connection.status === 'reconnecting' && connection.step.phase === 'waiting') {
    const gap = { ...connection.gap, attempt: connection.gap.attempt + 1 };
    return { ...connection, gap, step };
  }
  return connection;
}

type SessionReport = Extract<ConnectionHappening, { readonly sessionId: number }> & Stamp;

function sessionReported(
  connection: Connection,
  event: SessionReport,
  target: IngestTarget,
): Connection {
  switch (connection.status) {
    case 'failed':
      return connection;
    case 'idle':
      return preparationReported(connection, event);
    case 'live':
      if (event.sessionId !== connection.sessionId) return connection;
      if (event.type === 'session-healthy') return { ...connection, recoveringFrom: null };
      return event.type === 'session-ended' ? lost(connection, event) : connection;
    case 'connecting':
    case 'reconnecting':
      if (!('sessionId' in connection.step) || event.sessionId !== connection.step.sessionId) {
        return connection;
      }
      return attemptReported(connection, event, target);
  }
}

function preparationReported(
  connection: Extract<Connection, { status: 'idle' }>,
  event: SessionReport,
): Connection {
  const { preparation } = connection;
  if (!('sessionId' in preparation) || event.sessionId !== preparation.sessionId) return connection;
  if (event.type === 'session-prepared') {
    return idle({ phase: 'ready', sessionId: event.sessionId });
  }
  if (event.type !== 'session-ended') return connection;
  // A ready offer that went stale is renewed at once; one that never came waits its turn.
  const attempt = preparation.phase === 'ready' ? 0 : preparation.attempt;
  const hopeless = RETRYABLE[event.error.code] === 'never';
  return idle({
    phase: 'waiting',
    attempt,
    nextTryAt: hopeless
      ? Number.POSITIVE_INFINITY
      : event.at + (attempt === 0 ? 0 : prepareDelayMs(attempt, event.random)),
    cause: event.error,
  });
}

type Attempt = Extract<Connection, { status: 'connecting' | 'reconnecting' }>;

function attemptReported(
  connection: Attempt,
  event: SessionReport,
  target: IngestTarget,
): Connection {
  switch (event.type) {
    case 'session-prepared':
    case 'session-healthy':
      return connection;
    case 'session-progressed':
      return { ...connection, step: { phase: event.phase, sessionId: event.sessionId } };
    case 'session-live':
      return {
        status: 'live',
        since: connection.status === 'reconnecting' ? connection.since : event.at,
        sessionId: event.sessionId,
        recoveringFrom: connection.status === 'reconnecting' ? connection.gap : null,
      };
    case 'session-ended':
      return connection.status === 'connecting'
        ? firstConnectFailed(connection, event, target)
        : resumeFailed(connection, event);
  }
}

function firstConnectFailed(
  connection: Extract<Connection, { status: 'connecting' }>,
  event: Extract<SessionReport, { type: 'session-ended' }>,
  target: IngestTarget,
): Connection {
  const { error } = event;
  const nextTryAt = event.at + retryDelayMs(connection.attempt + 1, event.random);
  if (target.status === 'set' && target.startedAt !== null) {
    const deadline = target.startedAt + target.timeoutSeconds * 1000;
    if (nextTryAt >= deadline) return failed(ingestTimeout(target.timeoutSeconds, error), event);
  }
  const hopeless =
    RETRYABLE[error.code] === 'never' ||
    connection.attempt >= FIRST_CONNECT.attempts ||
    nextTryAt - connection.since > FIRST_CONNECT.withinMs;
  if (hopeless) return failed(error, event);
  return { ...connection, step: { phase: 'waiting', nextTryAt, cause: error } };
}

function resumeFailed(
  connection: Extract<Connection, { status: 'reconnecting' }>,
  event: Extract<SessionReport, { type: 'session-ended' }>,
): Connection {
  if (RETRYABLE[event.error.code] === 'never') return failed(event.error, event);
  const { gap } = connection;
  return {
    ...connection,
    gap: { ...gap, cause: event.error },
    step: {
      phase: 'waiting',
      nextTryAt: event.at + retryDelayMs(gap.attempt + 1, event.random),
      cause: event.error,
    },
  };
}

function lost(
  connection: Extract<Connection, { status: 'live' }>,
  event: Extract<SessionReport, { type: 'session-ended' }>,
): Connection {
  if (RETRYABLE[event.error.code] === 'never') return failed(event.error, event);
  const before = connection.recoveringFrom;
  const gap: Gap = {
    lostAt: before?.lostAt ?? event.at,
    cause: event.error,
    attempt: before?.attempt ?? 0,
  };
  return {
    status: 'reconnecting',
    since: connection.since,
    gap,
    step: {
      phase: 'waiting',
      nextTryAt: event.at + retryDelayMs(gap.attempt + 1, event.random),
      cause: event.error,
    },
  };
}

function idle(preparation: Preparation): Connection {
  return { status: 'idle', preparation };
}

function failed(error: BroadcastError, { at }: Stamp): Connection {
  return { status: 'failed', error, endedAt: at };
}

function nothingToSend(): BroadcastError {
  return new BroadcastError(
    'invalid-options',
    'There is nothing to send: both camera and microphone are switched off in the options. Allow at least one of them.',
  );
}

function ingestTimeout(timeoutSeconds: number, cause: BroadcastError): BroadcastError {
  return new BroadcastError(
    'ingest-timeout',
    `No media reached the ingest within ${timeoutSeconds} s of the stream's start, so it stopped waiting. Start the stream again and go live with its new URL.`,
    { cause },
  );
}

function resumeExpired(cause: BroadcastError): BroadcastError {
  return new BroadcastError(
    'resume-expired',
    'The broadcast stayed interrupted for longer than the ingest waits, so the stream has ended. Start the stream again and go live with its new URL.',
    { cause },
  );
}
