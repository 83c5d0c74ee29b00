'use client';

import type { ComponentPropsWithoutRef } from 'react';
import { part } from '../part.js';
import { SourceSelect } from './source-select.js';

/** The props of `Broadcaster.MicrophoneSelect`. */
export type MicrophoneSelectProps = ComponentPropsWithoutRef<'select'>;

/** Chooses the microphone; `data-state` is listed or unlisted, as long as the browser names none. */
export const MicrophoneSelect = part<HTMLSelectElement, MicrophoneSelectProps>(
  'Broadcaster.MicrophoneSelect',
  {},
  function MicrophoneSelect(props, ref) {
    return <SourceSelect {...props} ref={ref} kind="microphone" />;
  },
);
