import type { StatsSample } from './sample.js';

/** How long a sample is remembered, measured on the clock of the reports. */
export const RING_MS = 5 * 60_000;

/** The most samples that are remembered, should their clock stand still. */
const MOST = 600;

/**
 * The samples with `sample` at the end: a new list, without what is older than five minutes. A
 * clock that went back begins anew, since before and after it cannot be compared.
 */
export function withSample(
  samples: readonly StatsSample[],
  sample: StatsSample,
): readonly StatsSample[] {
  const last = samples.at(-1);
  if (last !== undefined && last.at > sample.at) return [sample];
  const oldest = sample.at - RING_MS;
  return [...samples.filter(({ at }) => at > oldest).slice(1 - MOST), sample];
}
