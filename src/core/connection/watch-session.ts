import { childOf } from '../foundation/abort.js';
import { elapsedMs, sleep } from '../foundation/time.js';
import type { Peer } from '../peer/peer.js';
import type { SignalingSession } from '../signaling/contract.js';
import type { SessionHappening } from './connection-events.js';
import { DEAF, HEARING_MS, hear, isAlarming, isHeard, isWell } from './hearing.js';
import { GHOST_MS, HEALTHY_AFTER_MS } from './reconnect-policy.js';

/** What is watched, and whom to tell. */
export interface WatchedSession {
  readonly sessionId: number;
  readonly peer: Pick<
    Peer,
    'traffic' | 'lost' | 'keepChecking' | 'sendKeyFrame' | 'isOutgrown' | 'sent'
  >;
  readonly session: Pick<SignalingSession, 'probe'>;
  /** Whether the browser gave reason to doubt the path a moment ago. */
  isInDoubt(): boolean;
  dispatch(happening: SessionHappening): void;
}

/** After an answer, or the lack of one, the ingest is asked again in so many milliseconds. */
const PROBE_PAUSE_MS = 1_000;

/** An ingest that asks for no key frame is sent one so often; OvenMediaEngine asks every 3 s. */
const KEY_FRAME_MS = 3_000;

/**
 * Proxies end a socket that nothing passes over, most after 60 s and some after 15, and its end is
 * the end of the stream. OvenMediaEngine's own ping comes every 20 to 24 s.
 */
const KEEP_OPEN_MS = 10_000;

/** How often a silent path is kept from being given up, in milliseconds: three times in Chromium's 15 s. */
const KEEP_CHECKING_MS = 4_000;

/**
 * Watches a live session until `signal` aborts: tells of silence on the path for media, of a path
 * that the browser gave up, of every sign of life after that, and meanwhile whether the ingest
 * answers over the session's own socket; and of what there is to send that was not negotiated.
 */
export async function watchSession(
  { sessionId, peer, session, isInDoubt, dispatch }: WatchedSession,
  signal: AbortSignal,
): Promise<void> {
  let hearing = DEAF;
  let alarm: AbortController | null = null;
  /** Since when media has flowed, on the clock of the looks; `null` once that was told as healthy. */
  let flowsSince: number | null = elapsedMs();
  let keyFrameAt = elapsedMs();
  let askedAt = elapsedMs();
  const raise = (happening: SessionHappening) => {
    if (signal.aborted) return;
    if (alarm === null) {
      alarm = childOf(signal);
      void askAgainAndAgain(alarm.signal);
      keepPath(alarm.signal).catch(() => {});
    }
    dispatch(happening);
  };
  const askAgainAndAgain = async (asking: AbortSignal) => {
    while (!asking.aborted) {
      const answered = (await session.probe?.(asking).catch(() => false)) ?? false;
      if (asking.aborted) return;
      dispatch({ type: 'session-probed', sessionId, answered });
      await sleep(PROBE_PAUSE_MS, asking).catch(() => {});
    }
  };
  /** As long as the ingest still has the session, there is something to come back to. */
  const keepPath = async (silent: AbortSignal) => {
    const until = elapsedMs() + GHOST_MS;
    while (elapsedMs() < until) {
      await sleep(KEEP_CHECKING_MS, silent);
      peer.keepChecking();
    }
  };
  void peer.lost.then((error) => {
    // What came in before the path failed is no sign of life.
    hearing = { ...hearing, traffic: null };
    raise({ type: 'session-path-failed', sessionId, error });
  });
  while (!signal.aborted) {
    if (peer.isOutgrown()) dispatch({ type: 'session-outgrown', sessionId });
    const traffic = await peer.traffic().catch(() => null);
    if (traffic !== null && !signal.aborted) {
      const before = hearing;
      hearing = hear(hearing, { at: elapsedMs(), traffic, wasAlarm: alarm !== null });
      if (alarm === null && isAlarming(hearing, isInDoubt())) {
        raise({ type: 'session-silent', sessionId, forMs: hearing.silentMs });
      } else if (alarm !== null && isHeard(before, traffic)) {
        (alarm as AbortController).abort();
        alarm = null;
        flowsSince = elapsedMs();
        // The ingest asks for one only every few seconds, and viewers see a freeze until then.
        peer.sendKeyFrame();
        dispatch({ type: 'session-heard', sessionId, sent: peer.sent() });
      }
    }
    // Whoever says nothing cannot ask for one, and nobody could begin to watch.
    const isMute = hearing.traffic !== null && !hearing.wasHeard;
    if (isMute && !signal.aborted && elapsedMs() - keyFrameAt >= KEY_FRAME_MS) {
      keyFrameAt = elapsedMs();
      peer.sendKeyFrame();
    }
    if (alarm === null && !signal.aborted && elapsedMs() - askedAt >= KEEP_OPEN_MS) {
      askedAt = elapsedMs();
      // Either way, for a proxy may wait for the server to speak; nothing hangs on the answer.
      session.probe?.(signal).catch(() => {});
    }
    // A silence that is no alarm yet may become one.
    const flows = !signal.aborted && alarm === null && isWell(hearing);
    if (flows && flowsSince !== null && elapsedMs() - flowsSince >= HEALTHY_AFTER_MS) {
      flowsSince = null;
      dispatch({ type: 'session-healthy', sessionId });
    }
    await sleep(HEARING_MS, signal).catch(() => {});
  }
}
