import type { LevelSample } from './level.js';
import type { SoundWarning } from './sound.js';

/** One moment of the microphone, before it is muted. */
export interface HeardMoment extends LevelSample {
  /** On a clock that nobody sets, in milliseconds. */
  readonly atMs: number;
  readonly isMuted: boolean;
}

/** The record of one microphone so far. */
export interface Hearing {
  readonly warning: SoundWarning | null;
  /** When it was first heard, or last muted or unmuted. */
  readonly sinceMs: number | null;
  readonly isMuted: boolean;
  /** The last moment with any sound at all. */
  readonly soundAtMs: number | null;
  /** How long was spoken lately, and the moment up to which that is counted. */
  readonly spokenMs: number;
  readonly lastMs: number | null;
  /** The moments at full scale in the last seconds. */
  readonly clippedAtMs: readonly number[];
}

/** Nothing was heard yet. */
export const INITIAL_HEARING: Hearing = {
  warning: null,
  sinceMs: null,
  isMuted: false,
  soundAtMs: null,
  spokenMs: 0,
  lastMs: null,
  clippedAtMs: [],
};

/**
 * When a warning begins and ends. A room is never quite still: below the first level there is only
 * what a converter makes of nothing. Speech at arm's length is some 30 dB above the second.
 */
const LIMITS = {
  /** -70 dBFS as a peak. */
  soundFrom: 10 ** (-70 / 20),
  silentAfterMs: 5_000,
  /** -40 dBFS, where a voice stands out from the noise of a room. */
  speechFrom: 10 ** (-40 / 20),
  spokenAfterMs: 600,
  /** A pause between words is no end of speech. */
  speechEndsAfterMs: 3_000,
  /** Full scale, as far as a converter that clips still reports it. */
  clipsFrom: 0.99,
  clipsAfter: 3,
  clipsWithinMs: 2_000,
  clippingEndsAfterMs: 4_000,
} as const;

/** The record after one more moment: pure, so any recording replays. */
export function nextHearing(before: Hearing, moment: HeardMoment): Hearing {
  const { atMs, isMuted, rms, peak } = moment;
  const isAnother = before.sinceMs === null || before.isMuted !== isMuted;
  const { lastMs, spokenMs, soundAtMs, clippedAtMs, sinceMs, warning } = isAnother
    ? { ...INITIAL_HEARING, sinceMs: atMs }
    : before;
  const passedMs = lastMs === null ? 0 : Math.max(0, atMs - lastMs);
  const hasSound = peak >= LIMITS.soundFrom;
  const isSpeech = rms >= LIMITS.speechFrom;
  // Pauses wear away slowly what was spoken, and a single knock is not speech.
  const most = LIMITS.spokenAfterMs + LIMITS.speechEndsAfterMs;
  const spoken = Math.min(most, Math.max(0, spokenMs + (isSpeech ? passedMs : -passedMs)));
  const recent = clippedAtMs.filter((at) => atMs - at < LIMITS.clippingEndsAfterMs);
  const heard: Hearing = {
    warning,
    sinceMs,
    isMuted,
    soundAtMs: hasSound ? atMs : soundAtMs,
    spokenMs: spoken,
    lastMs: atMs,
    clippedAtMs: peak >= LIMITS.clipsFrom ? [...recent, atMs].slice(-LIMITS.clipsAfter) : recent,
  };
  return { ...heard, warning: isMuted ? speaking(heard) : sounding(heard) };
}

function speaking({ spokenMs, warning }: Hearing): SoundWarning | null {
  const isSpoken =
    warning === 'speaking-while-muted' ? spokenMs > 0 : spokenMs >= LIMITS.spokenAfterMs;
  return isSpoken ? 'speaking-while-muted' : null;
}

function sounding(heard: Hearing): SoundWarning | null {
  const { sinceMs, soundAtMs, clippedAtMs, warning } = heard;
  const now = heard.lastMs ?? 0;
  const quietSince = soundAtMs ?? sinceMs ?? now;
  if (now - quietSince >= LIMITS.silentAfterMs) return 'silent';
  if (warning === 'clipping') return clippedAtMs.length > 0 ? 'clipping' : null;
  const latest = clippedAtMs.filter((at) => now - at < LIMITS.clipsWithinMs);
  return latest.length >= LIMITS.clipsAfter ? 'clipping' : null;
}
