/** What is used of hls.js's player. */
export interface HlsPlayer {
  loadSource(url: string): void;
  attachMedia(video: HTMLMediaElement): void;
  startLoad(): void;
  recoverMediaError(): void;
  destroy(): void;
  on(event: string, listener: (event: string, data: object) => void): void;
  /** Wall-clock time of the frame that is shown, where the playlist says (EXT-X-PROGRAM-DATE-TIME). */
  readonly playingDate: Date | null;
}

/** What is used of hls.js itself. */
export interface HlsLibrary {
  new (config: Readonly<Record<string, unknown>>): HlsPlayer;
  isSupported(): boolean;
}

/** Loads hls.js when it is first needed: `() => import('hls.js')`. */
export type LoadHls = () => Promise<{ readonly default: HlsLibrary }>;

/** How a playback is doing. */
export type PlaybackPhase =
  /** There is nothing to show yet; it is tried again and again. */
  | 'waiting'
  | 'playing'
  /** It played, and has run out of picture. */
  | 'stalled'
  /** This browser plays no HLS by itself, and there is no library to do it. */
  | 'unsupported';

/** What is played, where, and who is told. */
export interface HlsPlayback {
  readonly video: HTMLVideoElement;
  readonly src: string;
  readonly loadHls: LoadHls | undefined;
  onPhase(phase: PlaybackPhase): void;
}

/** A playback that runs. */
export interface PlayingHls {
  /** Wall-clock time of the frame that is shown, where the stream says. */
  playingDate(): Date | null;
  end(): void;
}

const HLS_TYPE = 'application/vnd.apple.mpegurl';
const RETRY_MS = { first: 1_000, most: 5_000 } as const;

/** As close to the live edge as segments of a second allow without running dry. */
const HLS_CONFIG = {
  lowLatencyMode: true,
  liveSyncDurationCount: 2,
  liveMaxLatencyDurationCount: 6,
  maxLiveSyncPlaybackRate: 1.15,
  backBufferLength: 10,
} as const;

/**
 * Plays a live HLS stream until it is ended: through the library where there is one and the browser
 * allows it, else by the browser itself. A playlist that does not exist yet, a gap, and an end after
 * which the stream is started again are all waited for.
 */
export function playHls(playback: HlsPlayback): PlayingHls {
  const { video, src, loadHls, onPhase } = playback;
  const ending = new AbortController();
  const { signal } = ending;
  const retry = retrying(signal);
  let player: HlsPlayer | null = null;
  let hasPlayed = false;
  const hear = (name: string, listener: () => void) =>
    video.addEventListener(name, listener, { signal });
  hear('playing', () => {
    hasPlayed = true;
    retry.reset();
    onPhase('playing');
  });
  hear('waiting', () => onPhase(hasPlayed ? 'stalled' : 'waiting'));
  onPhase('waiting');

  const playNatively = () => {
    if (video.canPlayType(HLS_TYPE) === '') return onPhase('unsupported');
    const load = () => {
      video.src = src;
      play(video);
    };
    hear('error', () => retry.soon(load));
    hear('ended', () => retry.soon(load));
    load();
  };
  const playWith = (Hls: HlsLibrary) => {
    const hls = new Hls(HLS_CONFIG);
    player = hls;
    let hasPlaylist = false;
    const reload = () => {
      hasPlaylist = false;
      hls.loadSource(src);
    };
    hls.on('hlsManifestParsed', () => {
      hasPlaylist = true;
      play(video);
    });
    hls.on('hlsError', (_, data) => {
      const { fatal, type }: { readonly fatal?: unknown; readonly type?: unknown } = data;
      if (fatal !== true) return;
      onPhase(hasPlayed ? 'stalled' : 'waiting');
      retry.soon(() => {
        if (type === 'mediaError') hls.recoverMediaError();
        else if (hasPlaylist) hls.startLoad();
        else reload();
      });
    });
    hear('ended', () => retry.soon(reload));
    hls.attachMedia(video);
    reload();
  };
  const begin = async () => {
    const { default: Hls } = loadHls === undefined ? { default: null } : await loadHls();
    if (signal.aborted) return;
    if (Hls?.isSupported() === true) playWith(Hls);
    else playNatively();
  };
  // A library that cannot be loaded, as after a deployment, leaves what the browser can do itself.
  begin().catch(() => !signal.aborted && playNatively());

  return {
    playingDate: () => (player === null ? nativeDate(video) : player.playingDate),
    end() {
      ending.abort();
      player?.destroy();
      video.removeAttribute('src');
      video.load();
    },
  };
}

/** One try at a time, further and further apart until something plays. */
function retrying(signal: AbortSignal) {
  let delayMs: number = RETRY_MS.first;
  let timer: ReturnType<typeof setTimeout> | null = null;
  const cancel = () => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
  };
  signal.addEventListener('abort', cancel, { once: true });
  return {
    soon(work: () => void) {
      if (timer !== null || signal.aborted) return;
      timer = setTimeout(() => {
        timer = null;
        work();
      }, delayMs);
      delayMs = Math.min(delayMs * 1.5, RETRY_MS.most);
    },
    reset() {
      delayMs = RETRY_MS.first;
    },
  };
}

function play(video: HTMLVideoElement): void {
  // A browser that wants a gesture first shows the first frame, and the person presses play.
  video.play().catch(() => {});
}

/** Safari's own clock of an HLS stream (HTML standard, `getStartDate`). */
function nativeDate(video: HTMLVideoElement & { getStartDate?: () => Date }): Date | null {
  const start = video.getStartDate?.().getTime() ?? Number.NaN;
  return Number.isNaN(start) ? null : new Date(start + video.currentTime * 1000);
}
