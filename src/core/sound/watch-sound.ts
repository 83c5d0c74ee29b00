import { aborted } from '../foundation/abort.js';
import { elapsedMs } from '../foundation/time.js';
import { INITIAL_HEARING, nextHearing } from './hearing.js';
import type { LevelMeterOptions, LevelSample } from './level.js';
import { measureLevel } from './measure-level.js';
import type { SoundWarning } from './sound.js';

/** The microphone that is listened to. */
export interface WatchedMicrophone extends LevelMeterOptions {
  readonly track: MediaStreamTrack;
  readonly isMuted: boolean;
}

/**
 * Listens to a microphone until `signal` aborts, and calls `onWarning` whenever the warning changes.
 * A muted track gives silence, so a clone of it is heard, which nobody else gets. A browser that
 * cannot measure, or cannot clone, warns of nothing.
 */
export async function watchSound(
  { track, isMuted, workletUrl }: WatchedMicrophone,
  onWarning: (warning: SoundWarning | null) => void,
  signal: AbortSignal,
): Promise<void> {
  const heard = isMuted ? track.clone() : track;
  if (isMuted) heard.enabled = true;
  let hearing = INITIAL_HEARING;
  const onSample = (sample: LevelSample) => {
    const next = nextHearing(hearing, { ...sample, isMuted, atMs: elapsedMs() });
    const { warning } = hearing;
    hearing = next;
    if (next.warning !== warning) onWarning(next.warning);
  };
  try {
    measureLevel(heard, { workletUrl, onSample }, signal);
    await aborted(signal);
  } finally {
    if (isMuted) heard.stop();
  }
}
