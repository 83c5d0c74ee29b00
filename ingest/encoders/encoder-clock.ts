import type { MediaKind } from '../media/media-packet.js';

/** A step back of more than this is another count. */
const BACK_MS = 2000;
/** So is one ahead of what really passed by more than this. */
const AHEAD_MS = 10_000;

/** An instant on the wall clock for something that an encoder sent. */
export interface EncoderInstant {
  /** Epoch ms. */
  readonly at: number;
  /** How often this medium began to count anew. */
  readonly count: number;
}

/** Instants of what an encoder sends, however unevenly it arrives. */
export interface EncoderClock {
  /** When that is which has this time stamp and arrived at `nowMs`. */
  place(kind: MediaKind, timeMs: number, nowMs: number): EncoderInstant;
}

/** Follows an encoder's time stamps, so that picture and sound stay as far apart as it meant. */
export function createEncoderClock(): EncoderClock {
  const media = new Map<
    MediaKind,
    { timeMs: number; nowMs: number; offsetMs: number; count: number }
  >();
  return {
    place(kind, timeMs, nowMs) {
      const before = media.get(kind);
      const step = before === undefined ? Number.NaN : timeMs - before.timeMs;
      const passed = before === undefined ? 0 : nowMs - before.nowMs;
      const goesOn = step >= -BACK_MS && step <= passed + AHEAD_MS;
      const other = media.get(kind === 'video' ? 'audio' : 'video');
      const isTogether =
        other !== undefined && Math.abs(timeMs + other.offsetMs - nowMs) < AHEAD_MS;
      const fresh = isTogether ? other.offsetMs : nowMs - timeMs;
      const offsetMs = before !== undefined && goesOn ? before.offsetMs : fresh;
      const count = (before?.count ?? 0) + (goesOn ? 0 : 1);
      media.set(kind, { timeMs, nowMs, offsetMs, count });
      return { at: timeMs + offsetMs, count };
    },
  };
}
