import { aborted } from '../../core/foundation/abort.js';
import { listen } from '../../core/foundation/listen.js';
import { elapsedMs, sleep } from '../../core/foundation/time.js';
import type { HlsLibrary, HlsPlayer, LoadHls } from './hls-player.js';
import { HLS_CONFIG } from './hls-player.js';
import { isPlaylistOver, livePlaylist, waitAfter } from './live-playlist.js';

/** A playback that runs. */
export interface PlayingHls {
  /** Wall-clock time of the frame that is shown, where the stream says. */
  playingDate(): Date | null;
}

/** The options of playing. */
export interface PlayOptions {
  readonly video: HTMLVideoElement;
  readonly src: string;
  readonly loadHls: LoadHls | undefined;
  /** Called with each player that is made, and with `null` when it is gone. */
  readonly onPlayer: (playing: PlayingHls | null) => void;
  /** Called once if this browser has no way to play HLS. */
  readonly onUnsupported: () => void;
  /** Called when playing starts over, before there is a picture again. */
  readonly onStartOver: () => void;
  readonly signal: AbortSignal;
}

const RECOVERIES = 3;
const RECOVERY_WINDOW_MS = 30_000;
/** A playback of this length does not count as a failed attempt. */
const PROVEN_MS = 10_000;
/** A picture that stands for so long, while newer ones are there, has lost its place. */
const STUCK_MS = 4000;
const CHECK_MS = 1000;
/** How often somebody whose picture stands still looks whether the broadcast is over. */
const END_CHECK_MS = 5000;

/** Plays until `signal` aborts: waits for the playlist, mends what breaks, begins anew after an end. */
export async function playHls(options: PlayOptions): Promise<void> {
  const { src, signal } = options;
  try {
    const way = await findWay(options);
    signal.throwIfAborted();
    if (way === null) return options.onUnsupported();
    let failures = 0;
    let isOver = false;
    while (!signal.aborted) {
      options.onStartOver();
      await livePlaylist(src, { isOver, opaque: way === 'native' ? 'try' : 'wait', signal });
      const startedAt = elapsedMs();
      const outcome = await playOnce(options, way);
      isOver = outcome === 'over';
      failures = elapsedMs() - startedAt > PROVEN_MS ? 1 : failures + 1;
      await sleep(waitAfter(failures), signal);
    }
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
  }
}

type Way = HlsLibrary | 'native';

async function findWay({ video, loadHls }: PlayOptions): Promise<Way | null> {
  const native = video.canPlayType('application/vnd.apple.mpegurl') === '' ? null : 'native';
  if (typeof loadHls !== 'function') return native;
  try {
    const { default: Hls } = await loadHls();
    return Hls.isSupported() ? Hls : native;
  } catch {
    return native;
  }
}

/** One player's life, until it cannot go on or the broadcast is over. */
async function playOnce(options: PlayOptions, way: Way): Promise<'broken' | 'over'> {
  const { video, signal } = options;
  const life = new AbortController();
  let outcome: 'broken' | 'over' = 'broken';
  const end = (how: typeof outcome) => {
    outcome = how;
    life.abort();
  };
  if (signal.aborted) life.abort();
  listen(signal, 'abort', () => life.abort(), life.signal);
  listen(video, 'ended', () => end('over'), life.signal);
  unnoticedEnd(options, life.signal).then(
    () => end('over'),
    // Only the end of this player ends the watch.
    () => {},
  );
  const close = (way === 'native' ? openNative : openHls(way))(options, life.signal, () =>
    end('broken'),
  );
  await aborted(life.signal);
  options.onPlayer(null);
  close();
  signal.throwIfAborted();
  return outcome;
}

/** Resolves when the broadcast is over and the player, short of its last frame, does not say so. */
async function unnoticedEnd({ video, src }: PlayOptions, signal: AbortSignal): Promise<void> {
  for (let isEnd = false; !isEnd; ) {
    const { currentTime } = video;
    await sleep(END_CHECK_MS, signal);
    const stands = !video.paused && video.currentTime === currentTime;
    isEnd = stands && (await isPlaylistOver(src, signal));
  }
}

type Open = (options: PlayOptions, signal: AbortSignal, onBroken: () => void) => () => void;

const openNative: Open = ({ video, src, onPlayer }, signal, onBroken) => {
  listen(video, 'error', onBroken, signal);
  video.src = src;
  onPlayer({ playingDate: () => nativeDate(video) });
  return () => {
    video.removeAttribute('src');
    video.load();
  };
};

const openHls =
  (Hls: HlsLibrary): Open =>
  ({ video, src, onPlayer }, signal, onBroken) => {
    const hls = new Hls(HLS_CONFIG);
    const recover = recovery(hls, onBroken);
    hls.on('hlsError', (_, data) => {
      const { fatal }: { readonly fatal?: unknown } = data;
      if (fatal === true && !signal.aborted) recover(data);
    });
    hls.attachMedia(video);
    hls.loadSource(src);
    const timer = setInterval(catchUp(hls, video), CHECK_MS);
    onPlayer({ playingDate: () => hls.playingDate });
    return () => {
      clearInterval(timer);
      hls.destroy();
    };
  };

/** Mends in place what can be mended, a few times in half a minute; after that a new player may. */
function recovery(hls: HlsPlayer, onBroken: () => void): (data: object) => void {
  let recoveredAt: readonly number[] = [];
  return (data) => {
    const { type, details }: { readonly type?: unknown; readonly details?: unknown } = data;
    const now = elapsedMs();
    recoveredAt = recoveredAt.filter((at) => now - at < RECOVERY_WINDOW_MS);
    const mayRecover = recoveredAt.length < RECOVERIES && !String(details).startsWith('manifest');
    recoveredAt = [...recoveredAt, now];
    if (mayRecover && type === 'networkError') hls.startLoad();
    else if (mayRecover && type === 'mediaError') hls.recoverMediaError();
    else onBroken();
  };
}

/** After an interruption the next pictures may lie further on than the player looks by itself. */
function catchUp(hls: HlsPlayer, video: HTMLVideoElement): () => void {
  let seen = { time: video.currentTime, at: elapsedMs() };
  return () => {
    const { currentTime } = video;
    if (currentTime !== seen.time || video.paused) seen = { time: currentTime, at: elapsedMs() };
    if (elapsedMs() - seen.at < STUCK_MS) return;
    const { liveSyncPosition } = hls;
    if (liveSyncPosition === null || liveSyncPosition <= currentTime + 0.5) return;
    video.currentTime = liveSyncPosition;
    seen = { time: liveSyncPosition, at: elapsedMs() };
  };
}

/** Safari's own clock of an HLS stream (HTML standard, `getStartDate`). */
function nativeDate(video: HTMLVideoElement & { getStartDate?: () => Date }): Date | null {
  const start = video.getStartDate?.().getTime() ?? Number.NaN;
  return Number.isNaN(start) ? null : new Date(start + video.currentTime * 1000);
}
