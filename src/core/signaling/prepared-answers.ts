import { childOf } from '../foundation/abort.js';
import { sleep } from '../foundation/time.js';
import type { Peer } from '../peer/peer.js';

/** An answer to the offer, set locally in a peer of its own. */
export interface PeerAnswer {
  readonly peer: Peer;
  readonly sdp: string;
}

/** Answers to one offer, of which at most one is ever sent. */
export interface PreparedAnswers {
  /** The answer to send now. Closes the other peers; this one belongs to the caller. */
  take(): PeerAnswer;
  /** Closes every peer that was not taken. Repeatable. */
  close(): void;
}

/** How a prepared answer is refreshed. */
export interface AnswerRefresh {
  /** Whether new answers are made at all. */
  readonly isRefreshed: boolean;
  /** How long ICE and DTLS will take once the answer is sent, in milliseconds. */
  readonly connectMs: number;
  readonly signal: AbortSignal;
}

/**
 * OvenMediaEngine hands nothing on before the first sender report of each track, and a browser
 * sends that of the sound 2.5 s after the answer was set locally, whether it was sent or not. The
 * older the answer, the sooner it is playable; but one that is not connected by then has sent its
 * report into the void, and the next may come 7.5 s later.
 */
const REPORT_MS = 2_500;
const MARGIN_MS = 100;

/** More often than that would cost more than it gives. */
const SHORTEST_STEP_MS = 600;

/**
 * Makes an answer and, where `isRefreshed`, new ones as long as nobody takes one, so that from the
 * second step on the older of two is always between one and two steps old. Rejects as `answer` does
 * the first time; where it fails later, the last good answers stay. Ends with `signal`.
 */
export async function prepareAnswers(
  answer: () => Promise<PeerAnswer>,
  { isRefreshed, connectMs, signal }: AnswerRefresh,
): Promise<PreparedAnswers> {
  const answers = [await answer()];
  const refreshing = childOf(signal);
  const stepMs = Math.max(SHORTEST_STEP_MS, (REPORT_MS - MARGIN_MS - connectMs) / 2);
  const refresh = async () => {
    for (;;) {
      await sleep(stepMs, refreshing.signal);
      const next = await answer();
      if (refreshing.signal.aborted) return next.peer.close();
      answers.push(next);
      if (answers.length > 2) answers.shift()?.peer.close();
    }
  };
  if (isRefreshed) refresh().catch(() => {});
  const close = () => {
    refreshing.abort();
    for (const { peer } of answers.splice(0)) peer.close();
  };
  return {
    take() {
      const taken = answers.shift();
      if (taken === undefined) throw new Error('The answers were closed before one was taken.');
      close();
      return taken;
    },
    close,
  };
}
