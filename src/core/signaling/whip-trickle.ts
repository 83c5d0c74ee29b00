import { childOf } from '../foundation/abort.js';
import { sleep } from '../foundation/time.js';
import type { Offering } from '../peer/offering.js';
import { credentialsIn, writeFragment } from './whip-fragment.js';

/** How long candidates are gathered before they are sent together, in milliseconds. */
const TOGETHER_MS = 200;

/** Tells a server of our candidates. */
export interface Trickle {
  /** Goes on with the candidates of this local description alone. */
  describe(description: string): void;
}

/**
 * Sends the candidates of `offering` in as few fragments as possible (RFC 9725 section 4.3.2), until
 * `signal` aborts, or `send` resolves with false because the server takes none. A server finds out the
 * address of a client by itself, so nothing hangs on them.
 */
export function startTrickle(
  offering: Pick<Offering, 'onCandidate' | 'sdp'>,
  send: (fragment: string) => Promise<boolean>,
  signal: AbortSignal,
): Trickle {
  const life = childOf(signal);
  let description = offering.sdp;
  let pending: string[] = [];
  let isComplete = false;
  let waiting: AbortController | null = null;
  const flush = async () => {
    waiting?.abort();
    waiting = null;
    const candidates = pending.splice(0);
    if (life.signal.aborted || (candidates.length === 0 && !isComplete)) return;
    const fragment = writeFragment(
      description,
      candidates,
      isComplete ? 'complete' : 'more-may-come',
    );
    if (!(await send(fragment).catch(() => false))) life.abort();
  };
  const wait = () => {
    if (waiting !== null) return;
    waiting = childOf(life.signal);
    sleep(TOGETHER_MS, waiting.signal).then(flush, () => {});
  };
  offering.onCandidate((candidate) => {
    if (life.signal.aborted || isComplete) return;
    if (candidate === null) {
      isComplete = true;
      void flush();
      return;
    }
    const { ufrag } = credentialsIn(description);
    const isOfBefore =
      candidate.usernameFragment !== null &&
      candidate.usernameFragment !== undefined &&
      candidate.usernameFragment !== ufrag;
    if (isOfBefore) return;
    pending.push(candidate.candidate);
    wait();
  });
  return {
    describe(next) {
      description = next;
      pending = [];
      isComplete = false;
    },
  };
}
