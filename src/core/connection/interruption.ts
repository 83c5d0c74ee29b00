import { BroadcastError, familyOf, isFinal } from '../errors.js';
import type { Stamp } from '../foundation/stamp.js';
import type { Connection, Gap, HeldStep, ResumeStep, Trouble } from './connection.js';
import type { SessionHappening } from './connection-events.js';
import { expired, failed, refusedForGood, streamRefused } from './give-up.js';
import type { Network } from './network.js';
import { doubtAt, lostSince } from './network.js';
import {
  GHOST_MS,
  HEAL,
  OFFLINE_RETRY_MS,
  REFUSED,
  refusedDelayMs,
  retryDelayMs,
} from './reconnect-policy.js';
import type { IngestTarget } from './target.js';

type Live = Extract<Connection, { status: 'live' }>;
type Reconnecting = Extract<Connection, { status: 'reconnecting' }>;

/** A reconnecting broadcast whose old session is still in place. */
export type Held = Reconnecting & { readonly step: HeldStep };

/** What each kind of interruption means to the session that it befell. */
const TROUBLES: Readonly<Record<Trouble, TroubleTraits>> = {
  'socket-closed': { isKnownToServer: true, healMs: HEAL.explainedMs },
  'path-failed': { isKnownToServer: false, healMs: HEAL.explainedMs },
  silence: { isKnownToServer: false, healMs: HEAL.unexplainedMs },
  'page-left': { isKnownToServer: false, healMs: HEAL.explainedMs },
  'source-added': { isKnownToServer: true, healMs: HEAL.explainedMs },
  offline: { isKnownToServer: false, healMs: HEAL.explainedMs },
  'network-changed': { isKnownToServer: false, healMs: HEAL.explainedMs },
  'woke-up': { isKnownToServer: false, healMs: HEAL.explainedMs },
};

interface TroubleTraits {
  /** Whether the server ended the session itself, or was told of the end: it holds none of ours. */
  readonly isKnownToServer: boolean;
  /** How long the session may heal by itself once its ingest answers, in milliseconds. */
  readonly healMs: number;
}

/** Whether the old session is still in place. */
export function isHeld(connection: Connection): connection is Held {
  if (connection.status !== 'reconnecting') return false;
  const { phase } = connection.step;
  return phase === 'probing' || phase === 'healing' || phase === 'holding';
}

/** What a report of the running session means to a broadcast that is live. */
export function liveReported(
  connection: Live,
  event: SessionHappening & Stamp,
  network: Network,
): Connection {
  switch (event.type) {
    case 'session-healthy':
      return connection.recoveringFrom === null
        ? connection
        : { ...connection, recoveringFrom: null };
    case 'session-silent': {
      const lostAt = Math.min(
        event.at - event.forMs,
        lostSince(network, event.at, connection.since),
      );
      const step = { phase: 'probing', sessionId: event.sessionId, hasPath: true } as const;
      const trouble = doubtAt(network, event.at) ?? 'silence';
      return interrupted(connection, { lostAt, trouble, cause: silence() }, step);
    }
    case 'session-path-failed': {
      const step = { phase: 'probing', sessionId: event.sessionId, hasPath: false } as const;
      const trouble = doubtAt(network, event.at) ?? 'path-failed';
      const lostAt = lostSince(network, event.at, connection.since);
      return interrupted(connection, { lostAt, trouble, cause: event.error }, step);
    }
    case 'session-ended': {
      if (isFinal(event.error)) return failed(event.error, event);
      const trouble = doubtAt(network, event.at) ?? 'socket-closed';
      const lostAt = lostSince(network, event.at, connection.since);
      const step = waiting(event, event.error, connection.recoveringFrom?.attempt ?? 0, network);
      return interrupted(connection, { lostAt, trouble, cause: event.error }, step);
    }
    case 'session-prepared':
    case 'session-progressed':
    case 'session-live':
    case 'session-outgrown':
    case 'session-heard':
    case 'session-probed':
    case 'ingest-found':
      return connection;
  }
}

/** What has to be known to judge the end of an attempt to resume. */
export interface ResumeSurroundings {
  readonly network: Network;
  readonly target: IngestTarget;
}

/** What a report of the old session means while it is held. */
export function heldReported(
  connection: Held,
  event: SessionHappening & Stamp,
  around: ResumeSurroundings,
): Connection {
  const { step, gap } = connection;
  switch (event.type) {
    case 'session-heard':
      return {
        status: 'live',
        since: connection.since,
        sessionId: step.sessionId,
        sent: event.sent,
        recoveringFrom: gap,
      };
    case 'session-probed':
      if (step.phase === 'healing') return connection;
      if (event.answered)
        return { ...connection, step: healing(step, event, graceMs(connection, event)) };
      return step.phase === 'probing'
        ? { ...connection, step: { ...step, phase: 'holding' } }
        : connection;
    case 'ingest-found':
      return step.phase === 'holding'
        ? { ...connection, step: healing(step, event, graceMs(connection, event)) }
        : connection;
    case 'session-path-failed': {
      const known = { ...connection, gap: { ...gap, cause: event.error } };
      return step.phase === 'healing'
        ? { ...known, step: { ...step, replaceAt: Math.min(step.replaceAt, event.at) } }
        : { ...known, step: { ...step, hasPath: false } };
    }
    case 'session-ended':
      return resumeFailed(connection, event, around);
    case 'session-prepared':
    case 'session-progressed':
    case 'session-live':
    case 'session-healthy':
    case 'session-outgrown':
    case 'session-silent':
      return connection;
  }
}

/** There is something to send that the session was negotiated without, so another takes its place. */
export function replaced(connection: Live, event: Stamp, network: Network): Connection {
  const cause = new BroadcastError(
    'media-lost',
    'A camera or microphone came that the session was begun without, so a new session takes its place. Nothing needs to be done.',
  );
  const noticed = { lostAt: event.at, trouble: 'source-added', cause } as const;
  return interrupted(connection, noticed, waiting(event, cause, 0, network));
}

/** The machine slept: what was noticed since it fell asleep may have happened then. */
export function wokeUp(connection: Reconnecting, sleptFrom: number): Reconnecting {
  const { gap, since } = connection;
  if (gap.lostAt <= sleptFrom || sleptFrom < since) return connection;
  const windowFrom = gap.renewal === 'none' ? sleptFrom : gap.windowFrom;
  return { ...connection, gap: { ...gap, lostAt: sleptFrom, windowFrom } };
}

/** The page takes the broadcast with it, and brings it back if it comes back itself. */
export function leftPage(connection: Live, { at }: Stamp): Connection {
  const cause = new BroadcastError(
    'media-lost',
    'The page was left while it was live. The broadcast goes on when the page is shown again.',
  );
  return interrupted(connection, { lostAt: at, trouble: 'page-left', cause }, { phase: 'away' });
}

/** Replaces what is left of the old session by a new one, which counts as an attempt. */
export function publishAnew(connection: Reconnecting, event: Stamp, network: Network): Connection {
  const attempt = connection.gap.attempt + (network.online ? 1 : 0);
  return {
    ...connection,
    gap: { ...connection.gap, attempt },
    step: { phase: 'signaling', sessionId: event.id },
  };
}

/** After an attempt to resume, or the old session, ended with an error. */
export function resumeFailed(
  connection: Reconnecting,
  event: Extract<SessionHappening, { type: 'session-ended' }> & Stamp,
  { network, target }: ResumeSurroundings,
): Connection {
  const { error } = event;
  if (isFinal(error)) return refusedForGood(connection, error, event, target);
  const refusals = familyOf(error) === 'refusal' ? connection.gap.refusals + 1 : 0;
  const gap = { ...connection.gap, refusals };
  // An address that has expired is refused whatever the server still holds.
  const knows = TROUBLES[gap.trouble].isKnownToServer || error.code === 'address-expired';
  const isGhostGone = knows || event.at - gap.lostAt >= REFUSED.ghostGoneMs;
  if (refusals < REFUSED.times || !isGhostGone) {
    const step = waiting(event, error, gap.attempt, network);
    return { ...connection, gap: { ...gap, cause: error }, step };
  }
  const cause = streamRefused(error);
  const known = { ...connection, gap: { ...gap, cause } };
  const isRenewable = target.status === 'set' && target.isRenewable && gap.renewal === 'none';
  if (knows && isRenewable) return expired(known, cause, event, target);
  const delayMs = network.online ? refusedDelayMs(refusals, event.random) : OFFLINE_RETRY_MS;
  return { ...known, step: { phase: 'waiting', nextTryAt: event.at + delayMs, cause } };
}

/** The wait before the next attempt, after `attempts` of them. */
export function waiting(
  { at, random }: Stamp,
  cause: BroadcastError,
  attempts: number,
  network: Network,
) {
  const delayMs = network.online ? retryDelayMs(attempts + 1, random) : OFFLINE_RETRY_MS;
  return { phase: 'waiting', nextTryAt: at + delayMs, cause } as const;
}

function interrupted(
  { since, recoveringFrom }: Live,
  noticed: { readonly lostAt: number; readonly trouble: Trouble; readonly cause: BroadcastError },
  step: ResumeStep,
): Connection {
  const gap: Gap =
    recoveringFrom === null
      ? { ...noticed, attempt: 0, refusals: 0, windowFrom: noticed.lostAt, renewal: 'none' }
      : { ...recoveringFrom, trouble: noticed.trouble, cause: noticed.cause };
  return { status: 'reconnecting', since, gap, step };
}

function healing(step: Exclude<HeldStep, { phase: 'healing' }>, { at }: Stamp, ms: number) {
  const replaceAt = step.hasPath ? at + ms : at;
  return { phase: 'healing', sessionId: step.sessionId, replaceAt } as const;
}

/** How long the old session may still heal, now that its ingest is known to be there. */
function graceMs({ step, gap }: Held, { at }: Stamp): number {
  if (step.phase === 'probing') {
    return TROUBLES[gap.trouble].healMs;
  }
  // A session that the ingest has dropped meanwhile does not heal.
  return at - gap.lostAt < GHOST_MS ? HEAL.foundMs : 0;
}

function silence(): BroadcastError {
  return new BroadcastError(
    'media-lost',
    'Nothing comes back from the ingest any more, so viewers see a freeze. Check the network; the broadcast goes on as soon as it can.',
  );
}
