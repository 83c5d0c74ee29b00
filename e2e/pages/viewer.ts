import { CLIP_FRAMES, CLIP_SIZE } from '../clip.js';
import { readFrames } from '../frame-number.js';
import { play } from './playback.js';

/** The longest time without a new picture; instants are epoch ms. */
export interface Freeze {
  readonly from: number;
  /** `null` while it lasts. */
  readonly to: number | null;
  /** Pictures of the clip that the viewer missed, by the numbers painted into them. */
  readonly frames: number;
}

/** A picture of the clip, and when it was shown (performance.now()). */
interface Picture {
  readonly number: number;
  readonly at: number;
}

/** A viewer as people are: it comes again whenever its playback ends. */
export interface Viewer {
  /** Watches this stream from now on, in place of the one before; `null` watches nothing. */
  watch(url: string | null): void;
  /** Pictures seen so far. */
  readonly seen: number;
  /** Epoch ms of the last picture; 0 if there was none. */
  readonly lastAt: number;
  /** The longest freeze that ended, or lasts, after this instant (epoch ms). */
  longestFreeze(since: number): Freeze;
}

declare global {
  interface Window {
    viewer: Viewer;
  }
}

/** The length of the memory: more than the longest fault takes. */
const MAX_FRAMES = 20_000;
const AGAIN_MS = 100;

const video = document.createElement('video');
video.muted = true;
video.playsInline = true;
video.width = 320;
document.body.append(video);

let frames: Picture[] = [];
let seen = 0;
let watching: AbortController | null = null;
readFrames(video, ({ number, at }) => {
  // An element that loses its stream shows black, one that gets another the old picture once more.
  if (number === null || number === frames.at(-1)?.number) return;
  seen += 1;
  frames.push({ number, at });
  if (frames.length > MAX_FRAMES) frames = frames.slice(-MAX_FRAMES / 2);
});

window.viewer = {
  watch(url) {
    watching?.abort();
    watching = new AbortController();
    if (url !== null) void keepWatching(url, watching.signal);
  },
  get seen() {
    return seen;
  },
  get lastAt() {
    return epoch(frames.at(-1)?.at ?? -performance.timeOrigin);
  },
  longestFreeze(since) {
    const now = Date.now();
    let longest: Freeze = { from: now, to: now, frames: 0 };
    frames.forEach((frame, index) => {
      const next = frames[index + 1];
      const to = next === undefined ? null : epoch(next.at);
      const from = epoch(frame.at);
      if ((to ?? now) < since || (to ?? now) - from <= (longest.to ?? now) - longest.from) return;
      longest = { from, to, frames: missedBetween(frame, next, (to ?? now) - from) };
    });
    return longest;
  },
};

async function keepWatching(url: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      // Sockets that fail again and again are held back by Chromium for seconds; requests are not.
      await fetch(new URL('/', url.replace(/^ws/, 'http')), { method: 'HEAD', mode: 'no-cors' });
      const playback = await play(url);
      video.srcObject = playback.stream;
      video.play().catch(() => {});
      const aborted = new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => resolve(), { once: true });
        if (signal.aborted) resolve();
      });
      await Promise.race([playback.ended, aborted]);
      playback.close();
    } catch {
      // Nobody publishes yet, or the server is away: that is what is waited for.
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}

/** The clip starts again after its last number, so the time that passed says how often it did. */
function missedBetween(before: Picture, after: Picture | undefined, ms: number): number {
  const due = Math.max(0, Math.round((ms * CLIP_SIZE.frameRate) / 1000) - 1);
  if (after === undefined) return due;
  const part = (after.number - before.number - 1 + CLIP_FRAMES) % CLIP_FRAMES;
  return part + CLIP_FRAMES * Math.max(0, Math.round((due - part) / CLIP_FRAMES));
}

function epoch(at: number): number {
  return performance.timeOrigin + at;
}
