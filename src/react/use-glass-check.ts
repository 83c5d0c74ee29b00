import { useEffect, useRef, useState } from 'react';
import { type GlassVerdict, glassVerdict } from './glass-verdict.js';

/** What `useGlassCheck` looks at. */
export interface GlassCheckOptions {
  /** An element that plays the broadcast's own output; `null` while there is none. */
  readonly video: HTMLVideoElement | null;
  /** Whether the broadcast is live, so that there should be something to see. */
  readonly isLive: boolean;
  /** Wall-clock time of the frame that is shown, where the player knows it. */
  readonly playingDate?: (() => Date | null) | undefined;
}

const LOOK_MS = 500;
const OFF: GlassVerdict = { kind: 'off' };

/** Looks at the broadcast's own output twice a second and says what viewers get to see. */
export function useGlassCheck({ video, isLive, playingDate }: GlassCheckOptions): GlassVerdict {
  const [verdict, setVerdict] = useState(OFF);
  const dateOf = useRef(playingDate);
  useEffect(() => {
    dateOf.current = playingDate;
  });

  useEffect(() => {
    if (!isLive || video === null) {
      setVerdict(isLive ? { kind: 'nothing' } : OFF);
      return undefined;
    }
    let lastFrameAt: number | null = null;
    let flowingSince = 0;
    const unwatch = watchFrames(video, () => {
      const now = performance.now();
      // A break as long as two looks begins the flow anew.
      if (lastFrameAt === null || now - lastFrameAt > 2 * LOOK_MS) flowingSince = now;
      lastFrameAt = now;
    });
    const look = () => {
      // Hidden pages are shown no frames, which says nothing about the broadcast.
      if (document.hidden) return;
      const now = performance.now();
      const date = dateOf.current?.() ?? null;
      const seen = {
        isLive,
        lastFrameAgoMs: lastFrameAt === null ? null : now - lastFrameAt,
        flowingForMs: lastFrameAt === null ? 0 : now - flowingSince,
        behindSeconds: date === null ? null : Math.max(0, (Date.now() - date.getTime()) / 1000),
      };
      setVerdict((before) => glassVerdict(before, seen));
    };
    look();
    const timer = setInterval(look, LOOK_MS);
    return () => {
      unwatch();
      clearInterval(timer);
    };
  }, [video, isLive]);

  return verdict;
}

/** Calls `onFrame` for each new picture, or, in browsers that do not tell, as playback moves on. */
function watchFrames(video: HTMLVideoElement, onFrame: () => void): () => void {
  if (typeof video.requestVideoFrameCallback !== 'function') {
    video.addEventListener('timeupdate', onFrame);
    return () => video.removeEventListener('timeupdate', onFrame);
  }
  const next = () => {
    handle = video.requestVideoFrameCallback(next);
    onFrame();
  };
  let handle = video.requestVideoFrameCallback(next);
  return () => video.cancelVideoFrameCallback(handle);
}
