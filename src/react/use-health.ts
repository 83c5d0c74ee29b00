'use client';

import type { BroadcasterInstance, Health } from '../core/index.js';
import { useDelivery } from './use-delivery.js';

/**
 * How well the broadcast reaches its viewers, and why no better; renders again only when the
 * verdict changes. Without a `broadcaster`, of the root above.
 */
export function useHealth(broadcaster?: BroadcasterInstance): Health {
  return useDelivery(broadcaster).health;
}
