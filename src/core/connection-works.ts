import { findIngest } from './connection/find-ingest.js';
import { doubtAt } from './connection/network.js';
import type { IngestTarget } from './connection/target.js';
import { toBroadcastError } from './errors.js';
import type { BroadcasterEvent } from './events.js';
import type { Work } from './foundation/run-work.js';
import { sleep } from './foundation/time.js';
import { selectReplacementAt, selectRetryAt, selectWindowEndsAt } from './selectors.js';
import type { SignalingAdapter } from './signaling/contract.js';
import type { BroadcasterState } from './state.js';

/** The context of the work beside a session. */
export interface ConnectionWorkContext {
  getSnapshot(): BroadcasterState;
  dispatch(event: BroadcasterEvent): void;
  now(): number;
  random(): number;
  /** Looks for the ingest of the present options. */
  readonly isReachable: SignalingAdapter['isReachable'];
  /** Gets another stream from the app and takes it over. @throws BroadcastError `renewal-failed`. */
  renew(signal: AbortSignal): Promise<IngestTarget>;
}

/** The work that a connection wants beside its session, each as a function of the state. */
export function connectionWorks(context: ConnectionWorkContext): readonly (() => Work | null)[] {
  const { getSnapshot } = context;
  return [
    () => timerWork('retry-due', selectRetryAt(getSnapshot()), context),
    () => timerWork('replacement-due', selectReplacementAt(getSnapshot()), context),
    () => timerWork('window-closed', selectWindowEndsAt(getSnapshot()), context),
    () => reachWork(context),
    () => renewWork(context),
  ];
}

/** Whether the browser gave reason to doubt the path a moment ago. */
export function isPathInDoubt({ network }: BroadcasterState, now: number): boolean {
  return doubtAt(network, now) !== null;
}

function timerWork(
  type: 'retry-due' | 'replacement-due' | 'window-closed',
  at: number | null,
  { getSnapshot, now, dispatch }: ConnectionWorkContext,
): Work | null {
  if (at === null) return null;
  return {
    // Timers stand still while the machine sleeps, so they are set again when it woke.
    key: `${type}:${at}:${getSnapshot().network.doubt?.at}`,
    async run(signal) {
      await sleep(Math.max(0, at - now()), signal).catch(() => {});
      if (!signal.aborted) dispatch({ type });
    },
  };
}

function reachWork({
  getSnapshot,
  isReachable,
  random,
  dispatch,
}: ConnectionWorkContext): Work | null {
  const { connection, network } = getSnapshot();
  if (connection.status !== 'reconnecting' || connection.step.phase !== 'holding') return null;
  const { sessionId } = connection.step;
  return {
    // A network that changed is worth a look at once.
    key: `reach:${sessionId}:${network.doubt?.at}`,
    async run(signal) {
      if (await findIngest(isReachable, random, signal))
        dispatch({ type: 'ingest-found', sessionId });
    },
  };
}

function renewWork({ getSnapshot, renew, dispatch }: ConnectionWorkContext): Work | null {
  const { connection } = getSnapshot();
  if (connection.status !== 'connecting' && connection.status !== 'reconnecting') return null;
  if (connection.step.phase !== 'renewing') return null;
  const { requestId } = connection.step;
  return {
    key: `renew:${requestId}`,
    async run(signal) {
      try {
        dispatch({ type: 'renewed', requestId, target: await renew(signal) });
      } catch (thrown) {
        if (signal.aborted) return;
        dispatch({ type: 'renewal-failed', requestId, error: toBroadcastError(thrown) });
      }
    },
  };
}
