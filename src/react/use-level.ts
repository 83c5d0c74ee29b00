'use client';

import type { RefObject } from 'react';
import { useEffect, useRef } from 'react';
import type { LevelMeter } from '../core/index.js';
import { createLevelMeter } from '../core/index.js';

/**
 * Draws the loudness of `track` as the custom property `--wb-level` (0 to 1) on the element of the
 * returned ref, without rendering; only while the element is in view and the track is not `null`.
 */
export function useLevel<ElementType extends HTMLElement>(
  track: MediaStreamTrack | null,
): RefObject<ElementType | null> {
  const ref = useRef<ElementType>(null);

  useEffect(() => {
    const element = ref.current;
    if (element === null || track === null) return undefined;
    const meter = tryMeter(track);
    if (meter === null) return undefined;
    let frame: number | null = null;
    const draw = () => {
      element.style.setProperty('--wb-level', meter.read().toFixed(2));
      frame = requestAnimationFrame(draw);
    };
    const pause = () => {
      if (frame !== null) cancelAnimationFrame(frame);
      frame = null;
    };
    const show = (isVisible: boolean) => {
      pause();
      if (isVisible) draw();
    };
    const observer =
      typeof IntersectionObserver === 'undefined'
        ? null
        : new IntersectionObserver((entries) => show(entries.at(-1)?.isIntersecting === true));
    if (observer === null) show(true);
    else observer.observe(element);
    return () => {
      observer?.disconnect();
      pause();
      meter.close();
      element.style.removeProperty('--wb-level');
    };
  }, [track]);

  return ref;
}

/** Browsers limit how many audio contexts a page may have; a broadcast needs no level to go on. */
function tryMeter(track: MediaStreamTrack): LevelMeter | null {
  try {
    return createLevelMeter(track);
  } catch {
    return null;
  }
}
