'use client';

import { useCallback, useSyncExternalStore } from 'react';
import type { BroadcasterInstance, BroadcasterState, Delivery } from '../core/index.js';
import { selectDelivery } from '../core/index.js';
import { useBroadcasterFromContext } from './context.js';
import type { SeenOutput } from './output-watch.js';
import { outputWatchOf } from './output-watch.js';
import { useBroadcasterState } from './use-broadcaster-state.js';

/**
 * The delivery to viewers: as this page knows it, and as the playback checks of the same
 * broadcaster see it. Renders again only when that changes. Without a `broadcaster`, of the root
 * above.
 */
export function useDelivery(broadcaster?: BroadcasterInstance): Delivery {
  const delivery = useBroadcasterState(selectDelivery, broadcaster);
  return withOutput(delivery, useSeenOutput(broadcaster));
}

/**
 * The output that the broadcaster's playback checks see; without a broadcaster, of the root above.
 */
export function useSeenOutput(broadcaster?: BroadcasterInstance): SeenOutput {
  const watch = outputWatchOf(useBroadcasterFromContext('useDelivery', broadcaster));
  return useSyncExternalStore(watch.subscribe, watch.getSnapshot, unseen);
}

/** The result of `select` on the broadcaster's state; `null` where there is no broadcaster. */
export function useStateOf<Selected>(
  broadcaster: BroadcasterInstance | null,
  select: (state: BroadcasterState) => Selected,
): Selected | null {
  const read = useCallback(
    () => (broadcaster === null ? null : select(broadcaster.getSnapshot())),
    [broadcaster, select],
  );
  return useSyncExternalStore(broadcaster?.subscribe ?? never, read, nothing);
}

const never = () => () => {};
const nothing = () => null;
const unseen = () => 'unknown' as const;

const frozen = new WeakMap<Delivery, Delivery>();

/** A verdict of what is sent is not kept up against what is seen to come out. */
export function withOutput(delivery: Delivery, output: SeenOutput): Delivery {
  const isFrozen = output === 'frozen' && delivery.status === 'reaching';
  if (!isFrozen || delivery.picture !== 'whole') return delivery;
  const known = frozen.get(delivery) ?? {
    ...delivery,
    health: { level: 'poor', reasons: ['output-frozen', ...delivery.health.reasons] },
  };
  frozen.set(delivery, known);
  return known;
}
