import { toBroadcastError } from '../errors.js';
import { childOf } from '../foundation/abort.js';
import { abortable } from '../foundation/time.js';
import type { Peer } from '../peer/peer.js';
import type { SignalingAdapter, SignalingSession } from '../signaling/contract.js';
import type { StatsHappening } from '../stats/poll-stats.js';
import { pollStats } from '../stats/poll-stats.js';
import type { StatsSample } from '../stats/sample.js';
import type { SessionHappening } from './connection-events.js';
import { watchSession } from './watch-session.js';

/** What one session needs of the world. */
export interface SessionSettings {
  readonly sessionId: number;
  readonly publish: SignalingAdapter['publish'];
  createPeer(iceServers: readonly RTCIceServer[]): Peer;
  /** Resolves when the user wants to be live with this session. */
  readonly go: Promise<void>;
  /** Whether the browser gave reason to doubt the path a moment ago. */
  isInDoubt(): boolean;
  /** Whether anybody looks at the statistics now. */
  isWatched(): boolean;
  dispatch(happening: SessionHappening | StatsHappening): void;
}

/**
 * The life of one session with the ingest: connect, announce, watch, wait for its end, close.
 * Runs until its signaling is lost or `signal` aborts, and has told the ingest before it settles.
 */
export async function runSession(settings: SessionSettings, signal: AbortSignal): Promise<void> {
  const { sessionId } = settings;
  // What is still on its way when the session is over must not be heard any more.
  const life = childOf(signal);
  const dispatch: SessionSettings['dispatch'] = (happening) => {
    if (!life.signal.aborted) settings.dispatch(happening);
  };
  let session: SignalingSession | null = null;
  try {
    session = await settings.publish({
      createPeer: settings.createPeer,
      go: settings.go,
      report: (progress) =>
        dispatch(
          progress === 'prepared'
            ? { type: 'session-prepared', sessionId }
            : { type: 'session-progressed', sessionId, phase: 'negotiating' },
        ),
      signal,
    });
    const { peer } = session;
    dispatch({ type: 'session-progressed', sessionId, phase: 'first-media' });
    await peer.firstMedia(signal);
    dispatch({ type: 'session-live', sessionId, sent: peer.sent() });
    const { isInDoubt } = settings;
    void watchSession({ sessionId, peer, session, isInDoubt, dispatch }, life.signal);
    const onSample = (sample: StatsSample) => dispatch({ type: 'stats-sampled', sample });
    const { isWatched } = settings;
    const onPause = () => dispatch({ type: 'stats-paused' });
    void pollStats({ getStats: () => peer.getStats(), isWatched, onSample, onPause }, life.signal);
    const error = await abortable(session.lost, signal);
    dispatch({ type: 'session-ended', sessionId, error });
  } catch (thrown) {
    if (!signal.aborted) {
      dispatch({ type: 'session-ended', sessionId, error: toBroadcastError(thrown) });
    }
  } finally {
    life.abort();
    await session?.close();
    session?.peer.close();
  }
}
