import type { Health, HealthLevel } from '../core/index.js';

/** The word and the shape of each level: colour alone says nothing to many. */
export const HEALTH_LEVELS = {
  unknown: { word: 'healthUnknown', shape: 'ring' },
  excellent: { word: 'healthExcellent', shape: 'disc' },
  good: { word: 'healthGood', shape: 'diamond' },
  fair: { word: 'healthFair', shape: 'triangle' },
  poor: { word: 'healthPoor', shape: 'square' },
  stalled: { word: 'healthStalled', shape: 'square' },
} as const satisfies Record<HealthLevel, unknown>;

/** Whether viewers notice. */
export function isRough({ level }: Health): boolean {
  return level === 'fair' || level === 'poor' || level === 'stalled';
}
