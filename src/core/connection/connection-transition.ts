import type { BroadcastError } from '../errors.js';
import { familyOf, isFinal } from '../errors.js';
import type { Stamp } from '../foundation/stamp.js';
import type { Connection, Gap, Preparation, StartStep } from './connection.js';
import type { ConnectionHappening, SessionHappening } from './connection-events.js';
import {
  expired,
  failed,
  ingestTimeout,
  nothingToSend,
  refusedForGood,
  resumeExpired,
} from './give-up.js';
import {
  heldReported,
  isHeld,
  leftPage,
  liveReported,
  publishAnew,
  replaced,
  resumeFailed,
  waiting,
  wokeUp,
} from './interruption.js';
import type { Network, NetworkHappening } from './network.js';
import { doubtAt } from './network.js';
import type { PastInput } from './past-input.js';
import { inputDueAt, pastInputAt } from './past-input.js';
import { FIRST_CONNECT, HEALTHY_AFTER_MS, prepareDelayMs } from './reconnect-policy.js';
import { standingOf, streamTaken } from './stream-status.js';
import type { IngestTarget } from './target.js';
import { noServerUrl } from './target.js';

/** What the connection has to know of its neighbours to judge an event. */
export interface ConnectionSurroundings {
  readonly target: IngestTarget;
  /** As it is after the event. */
  readonly network: Network;
  /** Whether there is anything to send: `settling` while a source is still being opened. */
  readonly capture: 'off' | 'settling' | 'some' | 'failed';
  /** Why nothing could be captured; set when `capture` is `failed`. */
  readonly captureError: BroadcastError | null;
  /** What of this page, or the one before it, the ingests know. */
  readonly pastInput: PastInput | null;
  /** Whether another source is live on the stream. */
  readonly isTaken: boolean;
  /** Whether the stream's own server says that it runs, whatever a clock makes of it. */
  readonly isRunning: boolean;
}

const IDLE: Connection = { status: 'idle', preparation: { phase: 'none' } };

/**
 * The connection after `event`; total, pure, and the same reference when the event changes nothing.
 * Facts about a session other than the present one are ignored: a late reply cannot resurrect it.
 */
export function connectionTransition(
  connection: Connection,
  event: (ConnectionHappening | NetworkHappening) & Stamp,
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
      return retried(connection, event, around.network);
    case 'replacement-due':
      return connection.status === 'reconnecting' && connection.step.phase === 'healing'
        ? publishAnew(connection, event, around.network)
        : connection;
    case 'window-closed':
      return connection.status === 'reconnecting' && connection.step.phase !== 'renewing'
        ? expired(connection, resumeExpired(connection.gap.cause), event, around.target)
        : connection;
    case 'stream-told':
      return streamTold(connection, event, around.target);
    case 'renewed':
      return renewed(connection, event);
    case 'renewal-failed':
      return isRenewing(connection, event.requestId) ? failed(event.error, event) : connection;
    case 'page-left':
      return pageLeft(connection, event);
    case 'page-returned':
      return pageReturned(connection, event, around.network);
    case 'network-online':
    case 'network-offline':
    case 'network-changed':
    case 'woke-up':
      return networkMoved(connection, event, around.network);
    case 'session-prepared':
    case 'session-progressed':
    case 'session-live':
    case 'session-healthy':
    case 'session-outgrown':
    case 'session-silent':
    case 'session-heard':
    case 'session-path-failed':
    case 'session-probed':
    case 'ingest-found':
    case 'session-ended':
      return sessionReported(connection, event, around);
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
    const byItself =
      !around.isTaken && around.target.status === 'set' && around.target.preparing === 'by-itself';
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
function isMended(error: BroadcastError, target: IngestTarget, before: IngestTarget): boolean {
  const family = familyOf(error);
  if (family === 'options') return true;
  // Another stream, or the same one started again, takes only these away.
  if (family !== 'window' && family !== 'tab') return false;
  if (target.status !== 'set' || before.status !== 'set') return target.status === 'set';
  return target.stream !== before.stream || target.startedAt !== before.startedAt;
}

/** A stream that its server calls over is not waited for any longer. */
function streamTold(
  connection: Connection,
  event: Extract<ConnectionHappening, { type: 'stream-told' }> & Stamp,
  target: IngestTarget,
): Connection {
  if (standingOf(event.word) !== 'over' || connection.status !== 'reconnecting') return connection;
  if (connection.step.phase === 'renewing' || connection.gap.renewal === 'fresh') return connection;
  return expired(connection, resumeExpired(connection.gap.cause), event, target);
}

function started(
  connection: Connection,
  event: Extract<ConnectionHappening, { type: 'start-requested' }> & Stamp,
  around: ConnectionSurroundings,
): Connection {
  if (connection.status !== 'idle' && connection.status !== 'failed') return connection;
  if (around.target.status === 'invalid') return failed(around.target.error, event);
  if (around.target.status === 'unset') return failed(noServerUrl(), event);
  if (around.isTaken && !event.takeOver) return failed(streamTaken(), event);
  return {
    status: 'connecting',
    since: event.at,
    triedSince: event.at,
    attempt: 1,
    cause: null,
    isRenewed: false,
    step: firstStep(connection),
  };
}

function firstStep(connection: Connection): StartStep {
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
  // An offer fits the sources that it was answered with.
  if (around.capture !== 'some' || around.isTaken) return connection;
  const { preparation } = connection;
  if (preparation.phase === 'preparing' || preparation.phase === 'ready') return connection;
  return idle({ phase: 'preparing', sessionId: event.id, attempt: 1 });
}

function retried(connection: Connection, event: Stamp, network: Network): Connection {
  if (connection.status === 'idle' && connection.preparation.phase === 'waiting') {
    const { attempt } = connection.preparation;
    return idle({ phase: 'preparing', sessionId: event.id, attempt: attempt + 1 });
  }
  if (connection.status === 'connecting' && connection.step.phase === 'waiting') {
    const attempt = connection.attempt + (network.online ? 1 : 0);
    return { ...connection, attempt, step: { phase: 'signaling', sessionId: event.id } };
  }
  if (connection.status === 'reconnecting' && connection.step.phase === 'waiting') {
    return publishAnew(connection, event, network);
  }
  return connection;
}

/** What waits for its next attempt makes it now; the time spent offline is not held against it. */
function networkMoved(
  connection: Connection,
  event: NetworkHappening & Stamp,
  network: Network,
): Connection {
  if (connection.status !== 'connecting' && connection.status !== 'reconnecting') return connection;
  if (event.type === 'network-offline') {
    return connection.status === 'reconnecting'
      ? { ...connection, gap: { ...connection.gap, trouble: 'offline' } }
      : connection;
  }
  const known =
    event.type === 'woke-up' && connection.status === 'reconnecting'
      ? wokeUp(connection, event.sleptFrom)
      : connection;
  if (!network.online) return known;
  const moved = retried(known, event, network);
  return event.type === 'network-online' && moved.status === 'connecting'
    ? { ...moved, triedSince: event.at }
    : moved;
}

function pageLeft(connection: Connection, event: Stamp): Connection {
  if (connection.status === 'live') return leftPage(connection, event);
  const isTrying = connection.status === 'connecting' || connection.status === 'reconnecting';
  // What the app was asked for is on its way, and is not asked for twice.
  if (!isTrying || connection.step.phase === 'renewing') return connection;
  return { ...connection, step: { phase: 'away' } };
}

function pageReturned(connection: Connection, event: Stamp, network: Network): Connection {
  if (connection.status === 'connecting' && connection.step.phase === 'away') {
    return { ...connection, step: { phase: 'capturing' } };
  }
  return connection.status === 'reconnecting' && connection.step.phase === 'away'
    ? publishAnew(connection, event, network)
    : connection;
}

function isRenewing(connection: Connection, requestId: number): boolean {
  return (
    (connection.status === 'connecting' || connection.status === 'reconnecting') &&
    connection.step.phase === 'renewing' &&
    connection.step.requestId === requestId
  );
}

/** Goes on with another stream, whose windows begin now. */
function renewed(
  connection: Connection,
  event: Extract<ConnectionHappening, { type: 'renewed' }> & Stamp,
): Connection {
  if (!isRenewing(connection, event.requestId)) return connection;
  const { at, id: sessionId } = event;
  const step = { phase: 'signaling', sessionId } as const;
  if (connection.status === 'connecting') {
    return { ...connection, triedSince: at, attempt: 1, cause: null, isRenewed: true, step };
  }
  if (connection.status !== 'reconnecting') return connection;
  const gap: Gap = {
    ...connection.gap,
    attempt: 1,
    refusals: 0,
    windowFrom: at,
    renewal: 'fresh',
  };
  return { ...connection, gap, step };
}

type SessionReport = SessionHappening & Stamp;

function sessionReported(
  connection: Connection,
  event: SessionReport,
  around: ConnectionSurroundings,
): Connection {
  switch (connection.status) {
    case 'failed':
      return connection;
    case 'idle':
      return preparationReported(connection, event);
    case 'live':
      if (event.sessionId !== connection.sessionId) return connection;
      return event.type === 'session-outgrown'
        ? outgrown(connection, event, around)
        : liveReported(connection, event, around.network);
    case 'connecting':
    case 'reconnecting':
      if (!('sessionId' in connection.step) || event.sessionId !== connection.step.sessionId) {
        return connection;
      }
      return isHeld(connection)
        ? heldReported(connection, event, around)
        : attemptReported(connection, event, around);
  }
}

/** Replaced only where another session can follow; it is said again until then. */
function outgrown(
  connection: Extract<Connection, { status: 'live' }>,
  event: Stamp,
  { target, network, pastInput }: ConnectionSurroundings,
): Connection {
  const isSameStream = target.status === 'set' && target.stream === pastInput?.stream;
  const isWell = connection.recoveringFrom === null && doubtAt(network, event.at) === null;
  return isSameStream && isWell ? replaced(connection, event, network) : connection;
}

function preparationReported(
  connection: Extract<Connection, { status: 'idle' }>,
  event: SessionReport,
): Connection {
  const { preparation } = connection;
  if (!('sessionId' in preparation) || event.sessionId !== preparation.sessionId) return connection;
  if (event.type === 'session-prepared') {
    const { attempt } = preparation;
    return idle({ phase: 'ready', sessionId: event.sessionId, since: event.at, attempt });
  }
  if (event.type !== 'session-ended') return connection;
  // An offer that was good for a while is renewed at once; one that was not waits its turn.
  const wasGood = preparation.phase === 'ready' && event.at - preparation.since >= HEALTHY_AFTER_MS;
  const attempt = wasGood ? 0 : preparation.attempt;
  const hopeless = isFinal(event.error);
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
  around: ConnectionSurroundings,
): Connection {
  switch (event.type) {
    case 'session-prepared':
    case 'session-healthy':
    case 'session-outgrown':
    case 'session-silent':
    case 'session-heard':
    case 'session-path-failed':
    case 'session-probed':
    case 'ingest-found':
      return connection;
    case 'session-progressed': {
      const step = { phase: event.phase, sessionId: event.sessionId } as const;
      if (connection.status === 'connecting') return { ...connection, step };
      // Once the answer is out, the name may be held by a session of ours again.
      const { gap } = connection;
      const renewal = gap.renewal === 'none' ? 'none' : 'used';
      return { ...connection, gap: { ...gap, refusals: 0, renewal }, step };
    }
    case 'session-live':
      return {
        status: 'live',
        since: connection.status === 'reconnecting' ? connection.since : event.at,
        sessionId: event.sessionId,
        sent: event.sent,
        recoveringFrom: connection.status === 'reconnecting' ? connection.gap : null,
      };
    case 'session-ended':
      return connection.status === 'connecting'
        ? firstConnectFailed(connection, event, around)
        : resumeFailed(connection, event, around);
  }
}

function firstConnectFailed(
  connection: Extract<Connection, { status: 'connecting' }>,
  event: Extract<SessionReport, { type: 'session-ended' }>,
  around: ConnectionSurroundings,
): Connection {
  const { target, network, pastInput } = around;
  // The same refusal means either; with what the server says of the stream it can be told apart.
  const isTakenName = around.isTaken && event.error.code === 'stream-not-found';
  const error = isTakenName ? streamTaken(event.error) : event.error;
  if (isFinal(error)) return refusedForGood(connection, error, event, target);
  const step = waiting(event, error, connection.attempt, network);
  const past = pastInputAt(target, pastInput, connection.since);
  const dueAt = inputDueAt(target, past);
  const isLate = dueAt !== null && step.nextTryAt >= dueAt;
  // What was cut off is brought back as it would have been then.
  if (past?.wasCutOff && !isLate) return { ...connection, cause: error, step };
  const triedFor = step.nextTryAt - connection.triedSince;
  // Nobody knows how long the network stays away; the ingest's own window is what there is.
  const patienceMs = network.online ? FIRST_CONNECT.withinMs : windowMs(target);
  const hopeless =
    (network.online && connection.attempt >= FIRST_CONNECT.attempts) ||
    triedFor > patienceMs ||
    // Another broadcast took the stream: to try again would take it away in turn.
    error.code === 'stream-busy';
  if (!hopeless) return { ...connection, cause: error, step };
  if (error.code === 'address-expired') return expired(connection, error, event, target);
  // Only now: this clock may be wrong, and the stream may have been live before.
  if (!isLate || around.isRunning || target.status !== 'set') return failed(error, event);
  const over = past ? resumeExpired(error) : ingestTimeout(target.timeoutSeconds, error);
  return expired(connection, over, event, target);
}

function windowMs(target: IngestTarget): number {
  return target.status === 'set' ? target.timeoutSeconds * 1000 : FIRST_CONNECT.withinMs;
}

function idle(preparation: Preparation): Connection {
  return { status: 'idle', preparation };
}
