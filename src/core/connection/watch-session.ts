import { elapsedMs, sleep } from '../foundation/time.js';
import type { Peer } from '../peer/peer.js';
import type { SessionEvent } from './connection-events.js';
import {
  hasAnswered,
  isAlarming,
  isWell,
  LOOK_EVERY_MS,
  livenessAfter,
  NEVER_LOOKED,
} from './liveness.js';
import { HEALTHY_AFTER_MS } from './reconnect-policy.js';

/** The watched session, and the dispatch for its events. */
export interface WatchedSession {
  readonly sessionId: number;
  readonly peer: Pick<Peer, 'traffic' | 'lost' | 'sendKeyFrame' | 'needsRenegotiation' | 'sent'>;
  /** Whether the state holds the session, because something was wrong with it. */
  isHeld(): boolean;
  /** Whether the browser gave reason to doubt the path a moment ago. */
  isInDoubt(): boolean;
  dispatch(event: SessionEvent): void;
}

/** An ingest that asks for no key frame is sent one so often; OvenMediaEngine asks every 3 s. */
const KEY_FRAME_MS = 3_000;

/**
 * Watches a session that went live until `signal` aborts, and only tells what it sees: silence on
 * the path for media, a path that the browser gave up, a sign of life while the state holds the
 * session, and media to send that was not negotiated.
 */
export async function watchSession(
  { sessionId, peer, isHeld, isInDoubt, dispatch }: WatchedSession,
  signal: AbortSignal,
): Promise<void> {
  let liveness = NEVER_LOOKED;
  /** Since when media has flowed, on the clock of the looks; `null` once that was told as healthy. */
  let flowsSince: number | null = elapsedMs();
  let keyFrameAt = elapsedMs();
  void peer.lost.then((error) => {
    // Packets from before the path failed are no sign of life.
    liveness = { ...liveness, traffic: null };
    if (!signal.aborted) dispatch({ type: 'session-path-failed', sessionId, error });
  });
  while (!signal.aborted) {
    if (peer.needsRenegotiation()) dispatch({ type: 'renegotiation-needed', sessionId });
    const traffic = await peer.traffic().catch(() => null);
    if (traffic !== null && !signal.aborted) {
      const before = liveness;
      liveness = livenessAfter(liveness, { at: elapsedMs(), traffic, wasAlarm: isHeld() });
      if (!isHeld() && isAlarming(liveness, isInDoubt())) {
        dispatch({ type: 'session-silent', sessionId, forMs: liveness.silentMs });
      } else if (isHeld() && hasAnswered(before, traffic)) {
        flowsSince = elapsedMs();
        // The ingest asks for one only every few seconds, and viewers see a freeze until then.
        peer.sendKeyFrame();
        dispatch({ type: 'session-alive', sessionId, sent: peer.sent() });
      }
    }
    // A silent ingest cannot ask for one, and nobody could begin to watch.
    const isMute = liveness.traffic !== null && !liveness.hasReceived;
    if (isMute && !signal.aborted && elapsedMs() - keyFrameAt >= KEY_FRAME_MS) {
      keyFrameAt = elapsedMs();
      peer.sendKeyFrame();
    }
    // A silence that is no alarm yet may become one.
    const flows = !signal.aborted && !isHeld() && isWell(liveness);
    if (flows && flowsSince !== null && elapsedMs() - flowsSince >= HEALTHY_AFTER_MS) {
      flowsSince = null;
      dispatch({ type: 'session-healthy', sessionId });
    }
    await sleep(LOOK_EVERY_MS, signal).catch(() => {});
  }
}
