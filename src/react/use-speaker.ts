'use client';

import type { RefObject } from 'react';
import { useEffect } from 'react';

/**
 * Plays the media element through the speaker of this id, one of `devices.speakers`; through the
 * system's own for `null`, and where the browser lets no page choose or the speaker is gone.
 */
export function useSpeaker(
  media: HTMLMediaElement | RefObject<HTMLMediaElement | null> | null,
  speakerId: string | null | undefined,
): void {
  useEffect(() => {
    const element = media !== null && 'current' in media ? media.current : media;
    if (element === null || typeof element.setSinkId !== 'function') return;
    const id = speakerId ?? '';
    if (element.sinkId === id) return;
    element.setSinkId(id).catch(() => element.setSinkId('').catch(() => {}));
  }, [media, speakerId]);
}
