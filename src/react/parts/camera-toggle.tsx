'use client';

import type { ComponentPropsWithoutRef } from 'react';
import type { BroadcasterState } from '../../core/index.js';
import { CameraIcon } from '../icons.js';
import { part } from '../part.js';
import { useBroadcasterState } from '../use-broadcaster-state.js';
import { SourceToggle } from './source-toggle.js';

/** The props of `Broadcaster.CameraToggle`. */
export type CameraToggleProps = ComponentPropsWithoutRef<'button'>;

const selectIsDark = ({ camera }: BroadcasterState) => camera.status !== 'on' || camera.muted;

/** Hides and shows the picture; `data-state` is off, opening, on, muted or failed. */
export const CameraToggle = part<HTMLButtonElement, CameraToggleProps>(
  'Broadcaster.CameraToggle',
  {},
  function CameraToggle(props, ref) {
    const isDark = useBroadcasterState(selectIsDark);
    return (
      <SourceToggle {...props} ref={ref} kind="camera">
        {props.children ?? <CameraIcon off={isDark} />}
      </SourceToggle>
    );
  },
);
