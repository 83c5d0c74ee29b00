'use client';

import type { RefObject } from 'react';
import { useEffect, useRef, useState } from 'react';
import { elapsedMs } from '../../core/foundation/time.js';
import type { FrameWatch } from './frame-watch.js';
import { watchFrames } from './frame-watch.js';
import type { PlaybackVerdict } from './playback-verdict.js';
import { FROZEN_MS, playbackVerdict } from './playback-verdict.js';

/** The options of `usePlaybackCheck`. */
export interface PlaybackCheckOptions {
  /** An element that plays the broadcast's own output, or a ref of one; `null` while there is none. */
  readonly video: HTMLVideoElement | RefObject<HTMLVideoElement | null> | null;
  /** Whether the broadcast is live, so that there should be something to see. */
  readonly isLive: boolean;
  /** Wall-clock time of the frame that is shown, where the player knows it. */
  readonly playingDate?: (() => Date | null) | undefined;
  /** How far the clock of `playingDate` is ahead of this page's, in milliseconds; default 0. */
  readonly clockOffsetMs?: number | undefined;
  /** How late it is in seconds, where that is measured otherwise, as over WebRTC. */
  readonly behindSeconds?: number | null | undefined;
}

const LOOK_MS = 250;
const OFF: PlaybackVerdict = { kind: 'off' };

/** Looks at the broadcast's own output four times a second and says what viewers get to see. */
export function usePlaybackCheck(options: PlaybackCheckOptions): PlaybackVerdict {
  const { isLive } = options;
  const [verdict, setVerdict] = useState(OFF);
  const latest = useRef(options);
  useEffect(() => {
    latest.current = options;
  });

  useEffect(() => {
    if (!isLive) {
      setVerdict(OFF);
      return undefined;
    }
    let frames: { readonly element: HTMLVideoElement; readonly watch: FrameWatch } | null = null;
    // Counted on a clock that nobody sets, and told on the page's.
    let ahead = Date.now() - elapsedMs();
    let watchedSince = document.visibilityState === 'hidden' ? null : elapsedMs();
    const dated = (at: number | null | undefined) => (typeof at === 'number' ? at + ahead : null);
    const look = () => {
      const found = Date.now() - elapsedMs();
      if (Math.abs(found - ahead) > FROZEN_MS) ahead = found;
      const element = elementOf(latest.current);
      if (frames?.element !== element) {
        frames?.watch.close();
        frames = element === null ? null : { element, watch: watchFrames(element, FROZEN_MS) };
      }
      const now = elapsedMs();
      frames?.watch.look(now);
      const seen = {
        now: now + ahead,
        isLive: true,
        isPaused: element !== null && isPausedByPerson(element),
        watchedSince: dated(watchedSince),
        lastFrameAt: dated(frames?.watch.lastFrameAt),
        flowingSince: dated(frames?.watch.flowingSince),
        behindSeconds: secondsBehind(latest.current, now + ahead),
      };
      setVerdict((before) => playbackVerdict(before, seen));
    };
    const onVisibility = () => {
      watchedSince = document.visibilityState === 'hidden' ? null : elapsedMs();
      look();
    };
    const timer = setInterval(look, LOOK_MS);
    document.addEventListener('visibilitychange', onVisibility);
    look();
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', onVisibility);
      frames?.watch.close();
    };
  }, [isLive]);

  return verdict;
}

/** An element is paused, too, while it has nothing to show, and after an end. */
function isPausedByPerson({ paused, ended, readyState }: HTMLVideoElement): boolean {
  return paused && !ended && readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;
}

function elementOf({ video }: PlaybackCheckOptions): HTMLVideoElement | null {
  return video !== null && 'current' in video ? video.current : video;
}

function secondsBehind(options: PlaybackCheckOptions, now: number): number | null {
  const { behindSeconds, playingDate, clockOffsetMs = 0 } = options;
  if (behindSeconds !== undefined) return behindSeconds;
  const date = playingDate?.() ?? null;
  return date === null ? null : Math.max(0, (now + clockOffsetMs - date.getTime()) / 1000);
}
