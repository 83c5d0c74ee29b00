import type { BroadcasterState } from '../core/index.js';

/** How well the broadcast leaves this machine. */
export type HealthGrade = 'unknown' | 'excellent' | 'good' | 'fair' | 'poor';

/** What holds it back most. */
export type HealthReason = 'none' | 'loss' | 'delay' | 'rate';

/** Grade and reason in one word, so that equal healths are equal values. */
export type Health = `${HealthGrade}:${HealthReason}`;

const GRADES: readonly HealthGrade[] = ['excellent', 'good', 'fair', 'poor'];

/** From which value on the grade is good, fair, poor; viewers notice from fair on. */
const LIMITS = {
  loss: [0.01, 0.03, 0.08],
  delay: [150, 300, 600],
  /** Milliseconds between two frames: under 22, 15 and 8 frames per second. */
  rate: [1000 / 22, 1000 / 15, 1000 / 8],
} as const;

/** The health of what is sent now. */
export function selectHealth({ stats, camera }: BroadcasterState): Health {
  if (stats.status === 'unknown') return 'unknown:none';
  const { lossRatio, roundTripMs, framesPerSecond } = stats.sample;
  // Browsers send black frames at a low rate, which is no fault of the line.
  const showing = camera.status === 'on' && !camera.muted && framesPerSecond !== null;
  const measured = {
    loss: lossRatio ?? 0,
    delay: roundTripMs ?? 0,
    rate: showing ? 1000 / Math.max(framesPerSecond, 0.1) : 0,
  };
  let worst = 0;
  let reason: HealthReason = 'none';
  for (const name of ['loss', 'delay', 'rate'] as const) {
    const level = LIMITS[name].filter((limit) => measured[name] >= limit).length;
    if (level > worst) {
      worst = level;
      reason = name;
    }
  }
  return `${GRADES[worst] ?? 'poor'}:${reason}`;
}

/** Whether viewers notice. */
export function isRough(health: Health): boolean {
  return health.startsWith('fair') || health.startsWith('poor');
}
