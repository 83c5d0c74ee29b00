import { sleep } from '../foundation/time.js';
import type { StatsSample } from './sample.js';
import { sampleStats } from './sample.js';

const INTERVAL_MS = 1_000;

/** Look again at a silence of this length, which may be the ingest's end. */
const SUSPICIOUS = { fromMs: 500, untilMs: 1_500 } as const;

/** The events of polling. */
export type StatsEvent =
  | { readonly type: 'stats-sampled'; readonly sample: StatsSample }
  /** No more samples come for now: nobody looks, or the browser has no report. */
  | { readonly type: 'stats-paused' };

/** The source of samples, and their receiver. */
export interface SampledSource {
  getStats(): Promise<RTCStatsReport>;
  /** Whether anybody looks at the samples now. */
  isWatched(): boolean;
  onSample(sample: StatsSample): void;
  /** The newest sample tells of now no longer; told once, until the next one. */
  onPause(): void;
}

/**
 * Hands over one sample a second until `signal` aborts; a report that cannot be had is left out, and
 * none is requested while nobody watches. While nothing comes back from the ingest the next sample
 * comes sooner, at 1.5 s of silence.
 */
export async function pollStats(
  { getStats, isWatched, onSample, onPause }: SampledSource,
  signal: AbortSignal,
): Promise<void> {
  let before: RTCStatsReport | null = null;
  let isCurrent = false;
  let failures = 0;
  const pause = () => {
    if (isCurrent) onPause();
    isCurrent = false;
  };
  while (!signal.aborted) {
    let waitMs = INTERVAL_MS;
    if (isWatched()) {
      // A connection that closed meanwhile has nothing to report.
      const report = await getStats().catch(() => null);
      if (report !== null && before !== null) {
        const sample = sampleStats(before, report);
        onSample(sample);
        isCurrent = true;
        waitMs = untilNext(sample);
      }
      failures = report === null ? failures + 1 : 0;
      // A single second may go unmeasured.
      if (failures > 1) pause();
      before = report ?? before;
    } else {
      before = null;
      pause();
    }
    if (!signal.aborted) await sleep(waitMs, signal).catch(() => {});
  }
}

function untilNext({ silentMs = 0 }: StatsSample): number {
  const { fromMs, untilMs } = SUSPICIOUS;
  return silentMs > fromMs && silentMs < untilMs ? untilMs - silentMs : INTERVAL_MS;
}
