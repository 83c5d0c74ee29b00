'use client';

import type { Broadcaster, Health } from '../core/index.js';
import { selectHealth } from '../core/index.js';
import { useBroadcasterState } from './use-broadcaster-state.js';

/**
 * How well the broadcast reaches its viewers, and why no better; renders again only when the
 * verdict changes. Without a `broadcaster`, of the root above.
 */
export function useHealth(broadcaster?: Broadcaster): Health {
  return useBroadcasterState(selectHealth, broadcaster);
}
