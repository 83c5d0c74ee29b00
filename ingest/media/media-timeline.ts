import { timestampDistance } from './media-packet.js';

/** Time of one medium in a file, in seconds. */
export interface MediaTimeline {
  /** Where the last packet was placed; 0 before the first. */
  readonly seconds: number;
  /**
   * Places a packet that arrived at `arrivalSeconds` of the file's own clock; undefined when it is
   * not after the one before, or was there before the file.
   */
  place(
    packet: { readonly ssrc: number; readonly timestamp: number },
    arrivalSeconds: number,
  ): number | undefined;
}

/**
 * Follows RTP timestamps of `clock` ticks a second. The first packet, and the first of each new
 * source, is placed by its arrival, so lip sync is as good as the path's.
 */
export function createMediaTimeline(clock: number): MediaTimeline {
  let last: { ssrc: number; timestamp: number; seconds: number } | undefined;
  return {
    get seconds() {
      return last?.seconds ?? 0;
    },
    place({ ssrc, timestamp }, arrivalSeconds) {
      if (last?.ssrc === ssrc) {
        const seconds = last.seconds + timestampDistance(timestamp, last.timestamp) / clock;
        if (seconds <= last.seconds) return undefined;
        last = { ssrc, timestamp, seconds };
        return seconds;
      }
      if (last === undefined && arrivalSeconds < 0) return undefined;
      const seconds = Math.max(last === undefined ? 0 : last.seconds + 0.001, arrivalSeconds);
      last = { ssrc, timestamp, seconds };
      return seconds;
    },
  };
}
