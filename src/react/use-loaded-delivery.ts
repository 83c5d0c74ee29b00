import type { BroadcasterState, Delivery } from '../core/index.js';
import { useBroadcasterState } from './use-broadcaster-state.js';
import { useSeenOutput, withOutput } from './use-delivery.js';
import { useOnceShown } from './use-once-shown.js';

const UNKNOWN: Delivery = {
  status: 'off',
  picture: 'none',
  sound: 'none',
  health: { level: 'unknown', reasons: [] },
};
const selectUnknown = (_state: BroadcasterState) => UNKNOWN;

/** The delivery of the root above, as `useDelivery` has it; unknown until its code is loaded. */
export function useLoadedDelivery(): Delivery {
  const delivery = useBroadcasterState(useOnceShown()?.selectDelivery ?? selectUnknown);
  return withOutput(delivery, useSeenOutput());
}
