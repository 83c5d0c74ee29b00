import type { Ingest } from '../ingest/index.js';

/** A time without a new packet at the ingest, between two sessions or long, in epoch ms; `to` is null while it lasts. */
export interface Silence {
  readonly from: number;
  readonly to: number | null;
}

/** The media that an ingest gets of one stream, looked at all the time. */
export interface MediaWatch {
  /** When the last new packet was seen, in epoch ms. */
  readonly lastAt: number;
  /**
   * The last silence, ended or not, that was there at this instant or came before a session that was
   * new after it; `null` if there was none. A pause of a session that goes on is the machine's.
   */
  silenceAt(instant: number): Silence | null;
  end(): void;
}

const LOOK_MS = 10;
/** Packets come at least 30 times a second; less than this is the scheduler's doing. */
const SILENT_MS = 250;

/** Watches until `end`. */
export function watchMedia(ingest: Ingest, streamKey: string): MediaWatch {
  const silences: { from: number; to: number; isNew: boolean }[] = [];
  const look = () => {
    const { sessions = 0, packets = 0 } = ingest.inspect(streamKey) ?? {};
    return { at: Date.now(), sessions, packets };
  };
  let last = look();
  const timer = setInterval(() => {
    const now = look();
    const isNew = now.sessions !== last.sessions;
    // A session that was only just accepted has sent nothing.
    if (now.packets === 0 || (!isNew && now.packets === last.packets)) return;
    if (isNew || now.at - last.at >= SILENT_MS) {
      silences.push({ from: last.at, to: now.at, isNew });
    }
    last = now;
  }, LOOK_MS);
  return {
    get lastAt() {
      return last.at;
    },
    silenceAt(instant) {
      if (Date.now() - last.at >= SILENT_MS) return { from: last.at, to: null };
      return (
        silences.findLast(({ from, to, isNew }) => to >= instant && (isNew || from <= instant)) ??
        null
      );
    },
    end: () => clearInterval(timer),
  };
}
