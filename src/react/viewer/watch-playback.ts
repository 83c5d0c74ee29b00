import { listen } from '../../core/foundation/listen.js';

/** A pause that is over before is none that anybody sees. */
const STALL_MS = 700;

/** Tells whether pictures come, until `signal` aborts; the first of them makes it `playing`. */
export function watchPlayback(
  video: HTMLVideoElement,
  onPhase: (phase: 'playing' | 'stalled') => void,
  signal: AbortSignal,
): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let hasPlayed = false;
  const play = () => {
    clearTimeout(timer);
    timer = undefined;
    hasPlayed = true;
    onPhase('playing');
  };
  const wait = () => {
    if (!hasPlayed) return;
    timer ??= setTimeout(() => onPhase('stalled'), STALL_MS);
  };
  const forget = () => {
    clearTimeout(timer);
    timer = undefined;
    hasPlayed = false;
  };
  listen(video, 'playing', play, signal);
  listen(video, 'timeupdate', () => timer !== undefined && video.readyState > 2 && play(), signal);
  listen(video, 'waiting', wait, signal);
  listen(video, 'emptied', forget, signal);
  signal.addEventListener('abort', forget, { once: true });
}
