import type { Work } from '../foundation/run-work.js';
import { elapsedMs, sleep } from '../foundation/time.js';
import type { Peer } from '../peer/peer.js';
import type { SignalingSession } from '../signaling/contract.js';
import type { SessionEvent } from './connection-events.js';
import { GHOST_MS } from './reconnect-policy.js';

/** A session that went live, and whom to tell. */
export interface ProbedSession {
  readonly sessionId: number;
  readonly peer: Pick<Peer, 'keepChecking'>;
  readonly session: Pick<SignalingSession, 'probe' | 'restartIce'>;
  dispatch(event: SessionEvent): void;
}

/** After a request for a new path that nobody answered, it is asked for again in so many milliseconds. */
const RESTART_PAUSE_MS = 300;

/** After an answer, or the lack of one, the ingest is asked again in so many milliseconds. */
const PROBE_PAUSE_MS = 1_000;

/**
 * Proxies end a socket that nothing passes over, most after 60 s and some after 15, and its end is
 * the end of the stream. OvenMediaEngine's own ping comes every 20 to 24 s.
 */
const KEEP_OPEN_MS = 10_000;

/** How often a silent path is kept from being given up, in milliseconds: three times in Chromium's 15 s. */
const KEEP_CHECKING_MS = 4_000;

/**
 * The work of a session that is held: asks its ingest again and again, over the session's own
 * signaling, whether it can be reached, or to look for a path anew, and keeps its path from being given
 * up.
 */
export function heldSessionWork(held: ProbedSession): Work {
  return {
    key: 'held',
    async run(signal) {
      const ask = held.session.restartIce === undefined ? probe : restart;
      await Promise.all([ask(held, signal), keepPath(held, signal).catch(() => {})]);
    },
  };
}

/** The work of a session that is not: keeps its signaling in use, for proxies end what is not. */
export function wellSessionWork({ session }: ProbedSession): Work {
  return {
    key: 'well',
    async run(signal) {
      while (!signal.aborted) {
        await sleep(KEEP_OPEN_MS, signal).catch(() => {});
        // Nothing hangs on the answer, but a proxy may wait for the server to speak.
        if (!signal.aborted) session.probe?.(signal).catch(() => {});
      }
    },
  };
}

async function probe(
  { sessionId, session, dispatch }: ProbedSession,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const answered = (await session.probe?.(signal).catch(() => false)) ?? false;
    if (signal.aborted) return;
    dispatch({ type: 'session-probed', sessionId, answered });
    await sleep(PROBE_PAUSE_MS, signal).catch(() => {});
  }
}

/** Once the ingest agreed, the path either comes back, or a new session takes over. */
async function restart(
  { sessionId, session, dispatch }: ProbedSession,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const outcome = (await session.restartIce?.(signal)) ?? 'refused';
    if (signal.aborted) return;
    if (outcome === 'restarted') return dispatch({ type: 'session-restarted', sessionId });
    dispatch({ type: 'session-probed', sessionId, answered: outcome === 'refused' });
    const pauseMs = outcome === 'refused' ? PROBE_PAUSE_MS : RESTART_PAUSE_MS;
    await sleep(pauseMs, signal).catch(() => {});
  }
}

/** As long as the ingest still has the session, there is something to come back to. */
async function keepPath({ peer }: ProbedSession, signal: AbortSignal): Promise<void> {
  const until = elapsedMs() + GHOST_MS;
  while (elapsedMs() < until) {
    await sleep(KEEP_CHECKING_MS, signal);
    peer.keepChecking();
  }
}
