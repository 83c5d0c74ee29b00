import { sleep } from '../foundation/time.js';
import type { StatsSample } from './sample.js';
import { sampleStats } from './sample.js';

const INTERVAL_MS = 1_000;

/** Hands over one sample a second until `signal` aborts; a report that cannot be had is left out. */
export async function pollStats(
  source: { getStats(): Promise<RTCStatsReport> },
  onSample: (sample: StatsSample) => void,
  signal: AbortSignal,
): Promise<void> {
  let before: RTCStatsReport | null = null;
  while (!signal.aborted) {
    try {
      const report = await source.getStats();
      if (before !== null) onSample(sampleStats(before, report));
      before = report;
      await sleep(INTERVAL_MS, signal);
    } catch {
      // Closed meanwhile; the loop's condition says so.
      if (!signal.aborted) await sleep(INTERVAL_MS, signal).catch(() => {});
    }
  }
}
