'use client';

import type { ComponentPropsWithoutRef } from 'react';
import type { BroadcasterState } from '../../core/index.js';
import { MicrophoneIcon } from '../icons.js';
import { part } from '../part.js';
import { useBroadcasterState } from '../use-broadcaster-state.js';
import { useLevel } from '../use-level.js';
import { SourceToggle } from './source-toggle.js';

/** The props of `Broadcaster.MicrophoneToggle`. */
export type MicrophoneToggleProps = ComponentPropsWithoutRef<'button'>;

const selectIsSilent = ({ microphone }: BroadcasterState) =>
  microphone.status !== 'on' || microphone.muted;
const selectHeardTrack = ({ microphone }: BroadcasterState) =>
  microphone.status === 'on' && !microphone.muted ? microphone.capture.track : null;

/** Mutes and unmutes, with the level drawn inside; `data-state` is off, opening, on, muted or failed. */
export const MicrophoneToggle = part<HTMLButtonElement, MicrophoneToggleProps>(
  'Broadcaster.MicrophoneToggle',
  {},
  function MicrophoneToggle(props, ref) {
    const isSilent = useBroadcasterState(selectIsSilent);
    return (
      <SourceToggle {...props} ref={ref} kind="microphone">
        {props.children ?? (
          <>
            <MicrophoneIcon off={isSilent} />
            <Level />
          </>
        )}
      </SourceToggle>
    );
  },
);

function Level() {
  const ref = useLevel<HTMLSpanElement>(useBroadcasterState(selectHeardTrack));
  return <span ref={ref} className="wb-level" aria-hidden="true" />;
}
