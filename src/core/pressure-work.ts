import type { BroadcasterEvent } from './events.js';
import type { Work } from './foundation/run-work.js';
import type { UseOnceLive } from './load-once-live.js';
import { selectOutgoing } from './select-outgoing.js';
import type { BroadcasterState } from './state.js';

/** The watch on the machine that a live picture wants, where the quality is to follow it. */
export function pressureWork({
  getSnapshot,
  dispatch,
  onceLive,
}: {
  getSnapshot(): BroadcasterState;
  dispatch(event: BroadcasterEvent): void;
  readonly onceLive: UseOnceLive;
}): Work | null {
  const state = getSnapshot();
  const isShown = selectOutgoing(state).video.status === 'on';
  const isNeeded = state.connection.status === 'live' && isShown;
  if (!isNeeded || !state.quality.asked.adaptToMachine) return null;
  return {
    key: 'pressure',
    run: (signal) => onceLive((part) => part.watchPressure(dispatch, signal), signal),
  };
}
