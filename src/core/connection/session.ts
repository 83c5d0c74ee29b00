import { toBroadcastError } from '../errors.js';
import { aborted, childOf } from '../foundation/abort.js';
import type { Work } from '../foundation/run-work.js';
import { runWork } from '../foundation/run-work.js';
import { abortable } from '../foundation/time.js';
import type { SignalingContext, SignalingSession } from '../signaling/contract.js';
import type { SampledSource, StatsEvent } from '../stats/poll-stats.js';
import type { StatsSample } from '../stats/sample.js';
import type { SessionEvent } from './connection-events.js';
import { heldSessionWork, wellSessionWork } from './probe-session.js';
import { watchSession } from './watch-session.js';

/** The context of one session. */
export interface SessionSettings {
  readonly sessionId: number;
  /** Begins it, as `SignalingAdapter.publish` does. */
  publish(context: Pick<SignalingContext, 'report' | 'signal'>): Promise<SignalingSession>;
  /** Whether the state holds this session, because something was wrong with it. */
  isHeld(): boolean;
  /** Calls `listener` whenever `isHeld()` may have changed; returns the function that ends it. */
  subscribe(listener: () => void): () => void;
  /** Whether the browser gave reason to doubt the path a moment ago. */
  isInDoubt(): boolean;
  /** Whether anybody looks at the statistics now. */
  isWatched(): boolean;
  /** Takes statistics of the live session until `signal` aborts. Never rejects. */
  sample(source: SampledSource, signal: AbortSignal): Promise<void>;
  dispatch(event: SessionEvent | StatsEvent): void;
}

/**
 * The life of one session with the ingest: connect, announce, watch, wait for its end, close.
 * Runs until its signaling is lost or `signal` aborts, and has told the ingest before it settles.
 */
export async function runSession(settings: SessionSettings, signal: AbortSignal): Promise<void> {
  const { sessionId } = settings;
  // Ignore events that are still on their way when the session is over.
  const life = childOf(signal);
  const dispatch: SessionSettings['dispatch'] = (event) => {
    if (!life.signal.aborted) settings.dispatch(event);
  };
  let session: SignalingSession | null = null;
  try {
    session = await settings.publish({
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
    const { isInDoubt, isHeld } = settings;
    void watchSession({ sessionId, peer, isHeld, isInDoubt, dispatch }, life.signal);
    const probed = { sessionId, peer, session, dispatch };
    const workFor = () => (isHeld() ? heldSessionWork(probed) : wellSessionWork(probed));
    runWhile(life.signal, settings.subscribe, workFor);
    const onSample = (sample: StatsSample) => dispatch({ type: 'stats-sampled', sample });
    const { isWatched } = settings;
    const onPause = () => dispatch({ type: 'stats-paused' });
    const getStats = () => peer.getStats();
    void settings.sample({ getStats, isWatched, onSample, onPause }, life.signal);
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

/** Keeps running what `workFor` names, from now on until `life` aborts. */
function runWhile(
  life: AbortSignal,
  subscribe: (listener: () => void) => () => void,
  workFor: () => Work,
): void {
  const source = {
    subscribe(update: () => void) {
      const end = subscribe(update);
      void aborted(life).then(() => {
        end();
        update();
      });
      update();
      return end;
    },
  };
  // An error of aborted work is no news.
  runWork(
    source,
    () => (life.aborted ? null : workFor()),
    () => {},
  );
}
