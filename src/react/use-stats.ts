'use client';

import type { BroadcasterInstance, BroadcasterState, StatsSample } from '../core/index.js';
import { useBroadcasterState } from './use-broadcaster-state.js';

/** The statistics of the broadcast. */
export interface BroadcastStats {
  /** The newest sample; `null` before there is one. */
  readonly sample: StatsSample | null;
  /** Whether `sample` tells of now; one from before an interruption does not. */
  readonly isCurrent: boolean;
  /** Those of the last five minutes, oldest first. */
  readonly history: readonly StatsSample[];
}

const NOTHING: BroadcastStats = { sample: null, isCurrent: false, history: [] };

const selectStats = ({ stats }: BroadcasterState): BroadcastStats =>
  stats.status === 'sampled' ? stats : NOTHING;

/** The statistics, new each second while live; without a `broadcaster`, of the root above. */
export function useStats(broadcaster?: BroadcasterInstance): BroadcastStats {
  return useBroadcasterState(selectStats, broadcaster);
}
