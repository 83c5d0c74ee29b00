'use client';

import type { RefObject } from 'react';
import { useEffect, useRef } from 'react';
import type { LevelMeter, LevelMeterOptions } from '../core/index.js';
import { createLevelMeter } from '../core/index.js';

/** How often a meter is told to those who do not see it, in milliseconds. */
const SPOKEN_MS = 500;

/**
 * Draws the loudness of `track` as the custom properties `--wb-level` and `--wb-peak` (0 to 1) on
 * the element of the returned ref, without rendering; only while the element is in view and the
 * track is not `null`. An element with the role `meter` gets its `aria-valuenow`, in per cent.
 */
export function useLevel<ElementType extends HTMLElement>(
  track: MediaStreamTrack | null,
  { workletUrl }: LevelMeterOptions = {},
): RefObject<ElementType | null> {
  const ref = useRef<ElementType>(null);
  const url = workletUrl === undefined ? undefined : String(workletUrl);

  useEffect(() => {
    const element = ref.current;
    if (element === null || track === null) return undefined;
    const meter = createLevelMeter(track, { workletUrl: url });
    let frame: number | null = null;
    let spokenAt = Number.NEGATIVE_INFINITY;
    const draw = (at: number) => {
      drawLevel(element, meter);
      if (at - spokenAt >= SPOKEN_MS) {
        spokenAt = at;
        speakLevel(element, meter.read());
      }
      frame = requestAnimationFrame(draw);
    };
    const pause = () => {
      if (frame !== null) cancelAnimationFrame(frame);
      frame = null;
    };
    const show = (isVisible: boolean) => {
      pause();
      if (isVisible) draw(performance.now());
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
      for (const property of PROPERTIES) element.style.removeProperty(property);
      speakLevel(element, 0);
    };
  }, [track, url]);

  return ref;
}

const PROPERTIES = ['--wb-level', '--wb-peak'] as const;

function drawLevel({ style }: HTMLElement, meter: LevelMeter): void {
  const [level, peak] = PROPERTIES;
  style.setProperty(level, meter.read().toFixed(2));
  style.setProperty(peak, meter.peak().toFixed(2));
}

function speakLevel(element: HTMLElement, level: number): void {
  if (element.getAttribute('role') !== 'meter') return;
  element.setAttribute('aria-valuenow', String(Math.round(level * 100)));
}
