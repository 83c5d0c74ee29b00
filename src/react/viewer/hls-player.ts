/** The used part of hls.js's player. */
export interface HlsPlayer {
  /** Wall-clock time of the frame that is shown, where the playlist says (EXT-X-PROGRAM-DATE-TIME). */
  readonly playingDate: Date | null;
  /** Where live playback ought to be, in seconds of the video; `null` before a playlist is there. */
  readonly liveSyncPosition: number | null;
  /** Calls `listener` at each event of this name. */
  on(event: string, listener: (event: string, data: object) => void): void;
  /** Loads the playlist at `url`. */
  loadSource(url: string): void;
  /** Plays into `video`. */
  attachMedia(video: HTMLMediaElement): void;
  /** Goes on loading after a fatal network error. */
  startLoad(): void;
  /** Goes on playing after a fatal media error. */
  recoverMediaError(): void;
  /** Ends playing and frees what it holds. */
  destroy(): void;
}

/** The used part of hls.js itself. */
export interface HlsLibrary {
  new (config: Readonly<Record<string, unknown>>): HlsPlayer;
  /** Whether this browser can play with it. */
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
