import { AUDIO_CLOCK, VIDEO_CLOCK } from './codecs.js';
import { type MediaKind, timestampDistance } from './media-packet.js';

const FIRST_REPORT_MS = 5000;
const MEASURED_SECONDS = 1;

/** Tells when a stream can be played. */
export interface OutputGate {
  /** A sender report for this medium arrived. */
  senderReport(kind: MediaKind): void;
  /** A packet arrived. True once, when the output has become ready. */
  media(kind: MediaKind, timestamp: number, atMs: number): boolean;
}

/**
 * OvenMediaEngine's rule for "Stream has been prepared": each track needs a second of media to
 * measure its bitrate (media_track.cpp). Up to 0.20.4, with two tracks, frames of a track are
 * thrown away before that until its first RTCP sender report, or for 5 s (lip_sync_clock.cpp):
 * `waitsForReports`.
 */
export function createOutputGate(
  kinds: readonly MediaKind[],
  { waitsForReports }: { readonly waitsForReports: boolean },
): OutputGate {
  const reported = !waitsForReports || kinds.length < 2;
  const tracks = new Map(kinds.map((kind) => [kind, { reported, seenAt: 0, from: -1, span: 0 }]));
  let ready = false;
  return {
    senderReport(kind) {
      const track = tracks.get(kind);
      if (track !== undefined) track.reported = true;
    },
    media(kind, timestamp, atMs) {
      const track = tracks.get(kind);
      if (ready || track === undefined) return false;
      if (track.seenAt === 0) track.seenAt = atMs;
      if (!track.reported && atMs - track.seenAt < FIRST_REPORT_MS) return false;
      if (track.from < 0) track.from = timestamp;
      const clock = kind === 'video' ? VIDEO_CLOCK : AUDIO_CLOCK;
      track.span = Math.max(track.span, timestampDistance(timestamp, track.from) / clock);
      ready = [...tracks.values()].every(({ span }) => span >= MEASURED_SECONDS);
      return ready;
    },
  };
}
