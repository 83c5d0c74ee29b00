'use client';

import { useEffect } from 'react';
import type { BroadcasterInstance, BroadcasterState, SoundWarning } from '../core/index.js';
import { useBroadcasterFromContext } from './context.js';
import { useBroadcasterState } from './use-broadcaster-state.js';

const selectWarning = ({ sound }: BroadcasterState) => sound.warning;

/**
 * The warning about the microphone: it gives no sound, is too loud, or is spoken into while it is
 * muted; else `null`. The microphone is listened to while a component with this hook is mounted.
 * Without a broadcaster it is that of the root above.
 */
export function useSoundWarning(given?: BroadcasterInstance): SoundWarning | null {
  const broadcaster = useBroadcasterFromContext('useSoundWarning', given);
  useEffect(() => broadcaster.watchSound(), [broadcaster]);
  return useBroadcasterState(selectWarning, broadcaster);
}
