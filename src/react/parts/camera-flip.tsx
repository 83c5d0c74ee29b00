'use client';

import type { ComponentPropsWithoutRef } from 'react';
import type { BroadcasterState } from '../../core/index.js';
import { classNames } from '../class-names.js';
import { useRoot } from '../context.js';
import { DATA_ATTRIBUTES } from '../data-attributes.js';
import { FlipIcon } from '../icons.js';
import { part } from '../part.js';
import { useBroadcasterState } from '../use-broadcaster-state.js';

/** The props of `Broadcaster.CameraFlip`. */
export type CameraFlipProps = ComponentPropsWithoutRef<'button'>;

/** The facing of the open camera where another one faces the other way; else `null`. */
function selectFacing({ camera, devices }: BroadcasterState) {
  if (camera.status !== 'on' || devices.status !== 'listed') return null;
  const { facing } = camera.capture;
  const others = devices.cameras.flatMap((device) => device.facing ?? []);
  return new Set(facing === 'unknown' ? others : [...others, facing]).size > 1 ? facing : null;
}

const selectIsFlipping = ({ camera }: BroadcasterState) =>
  camera.status === 'on' && camera.change?.facing !== undefined;

/**
 * Turns to the camera that faces the other way; rendered only where there are two facings, as on a
 * phone. `data-state` is the present one: `user`, `environment` or `unknown`.
 */
export const CameraFlip = part<HTMLButtonElement, CameraFlipProps>(
  'Broadcaster.CameraFlip',
  {},
  function CameraFlip({ children, className, onClick, ...props }, ref) {
    const { broadcaster, messages } = useRoot('CameraFlip');
    const facing = useBroadcasterState(selectFacing);
    const isFlipping = useBroadcasterState(selectIsFlipping);
    if (facing === null) return null;
    return (
      <button
        type="button"
        aria-label={messages.flipCamera}
        title={messages.flipCamera}
        aria-busy={isFlipping}
        {...props}
        {...{ [DATA_ATTRIBUTES.state]: facing }}
        ref={ref}
        className={classNames('wb-button wb-toggle', className)}
        onClick={(event) => {
          onClick?.(event);
          if (!event.defaultPrevented) broadcaster.flipCamera();
        }}
      >
        {children ?? <FlipIcon />}
      </button>
    );
  },
);
