import { elapsedMs } from '../../core/foundation/time.js';

/** The pictures that an element showed, in milliseconds of `elapsedMs`. */
export interface FrameWatch {
  /** When the newest picture was shown; `null` before the first. */
  readonly lastFrameAt: number | null;
  /** Since when they have come without a gap; `null` before the first. */
  readonly flowingSince: number | null;
  /** Looks at an element whose browser does not report each picture; to be called again and again. */
  look(now: number): void;
  close(): void;
}

/** Watches `video` until it is closed. A gap is a pause of more than `gapMs`. */
export function watchFrames(video: HTMLVideoElement, gapMs: number): FrameWatch {
  let lastFrameAt: number | null = null;
  let flowingSince: number | null = null;
  let lastTime = video.currentTime;
  const see = (now: number) => {
    if (lastFrameAt === null || now - lastFrameAt > gapMs) flowingSince = now;
    lastFrameAt = now;
  };
  const reports = typeof video.requestVideoFrameCallback === 'function';
  let request = 0;
  const next = () => {
    request = video.requestVideoFrameCallback(() => {
      see(elapsedMs());
      next();
    });
  };
  if (reports) next();
  return {
    get lastFrameAt() {
      return lastFrameAt;
    },
    get flowingSince() {
      return flowingSince;
    },
    look(now) {
      const { currentTime } = video;
      if (!reports && currentTime !== lastTime) see(now);
      lastTime = currentTime;
    },
    close() {
      if (reports) video.cancelVideoFrameCallback(request);
    },
  };
}
