import type { Delivery, Health, HealthLevel } from '../core/index.js';
import type { FirstName } from './messages.js';

/** The word and the shape of each level: colour alone says nothing to many. */
export const HEALTH_LEVELS = {
  muted: { word: 'healthMuted', shape: 'ring' },
  unknown: { word: 'healthUnknown', shape: 'ring' },
  excellent: { word: 'healthExcellent', shape: 'disc' },
  good: { word: 'healthGood', shape: 'diamond' },
  fair: { word: 'healthFair', shape: 'triangle' },
  poor: { word: 'healthPoor', shape: 'square' },
  stalled: { word: 'healthStalled', shape: 'square' },
} as const satisfies Record<HealthLevel, unknown>;

/** The word of the verdict on `delivery`; of what was muted on purpose, what that is. */
export function healthWord({ health, picture, sound }: Delivery): FirstName {
  if (health.level !== 'muted') return HEALTH_LEVELS[health.level].word;
  if (picture === 'muted') return sound === 'muted' ? 'healthMuted' : 'healthNoPicture';
  return sound === 'muted' ? 'healthNoSound' : 'healthNothing';
}

/** Whether viewers notice. */
export function isRough({ level }: Health): boolean {
  return level === 'fair' || level === 'poor' || level === 'stalled';
}
