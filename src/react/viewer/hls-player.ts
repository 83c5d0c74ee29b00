/** What is used of hls.js's player. */
export interface HlsPlayer {
  /** Wall-clock time of the frame that is shown, where the playlist says (EXT-X-PROGRAM-DATE-TIME). */
  readonly playingDate: Date | null;
  /** Where live playback ought to be, in seconds of the video; `null` before a playlist is there. */
  readonly liveSyncPosition: number | null;
  on(event: string, listener: (event: string, data: object) => void): void;
  loadSource(url: string): void;
  attachMedia(video: HTMLMediaElement): void;
  startLoad(): void;
  recoverMediaError(): void;
  destroy(): void;
}

/** What is used of hls.js itself. */
export interface HlsLibrary {
  new (config: Readonly<Record<string, unknown>>): HlsPlayer;
  isSupported(): boolean;
}

/** Loads hls.js when it is first needed: `() => import('hls.js')`. */
export type LoadHls = () => Promise<{ readonly default: HlsLibrary }>;

/** As close to the live edge as segments of a second allow without running dry. */
export const HLS_CONFIG = {
  lowLatencyMode: true,
  liveSyncDurationCount: 2,
  liveMaxLatencyDurationCount: 6,
  maxLiveSyncPlaybackRate: 1.15,
  backBufferLength: 10,
} as const;
