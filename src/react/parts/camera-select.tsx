'use client';

import type { ComponentPropsWithoutRef } from 'react';
import { part } from '../part.js';
import { SourceSelect } from './source-select.js';

/** The props of `Broadcaster.CameraSelect`. */
export type CameraSelectProps = ComponentPropsWithoutRef<'select'>;

/** Chooses the camera; `data-state` is listed or unlisted, as long as the browser names none. */
export const CameraSelect = part<HTMLSelectElement, CameraSelectProps>(
  'Broadcaster.CameraSelect',
  {},
  function CameraSelect(props, ref) {
    return <SourceSelect {...props} ref={ref} kind="camera" />;
  },
);
