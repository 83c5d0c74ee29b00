'use client';

import type { ComponentPropsWithoutRef } from 'react';
import { useImperativeHandle } from 'react';
import type { BroadcasterState } from '../../core/index.js';
import { selectOutgoing } from '../../core/index.js';
import { classNames } from '../class-names.js';
import { useRoot } from '../context.js';
import { DATA_ATTRIBUTES } from '../data-attributes.js';
import { part } from '../part.js';
import { useBroadcasterState } from '../use-broadcaster-state.js';
import type { Kind } from '../use-checked.js';
import { useLevel } from '../use-level.js';

/** The props of `Broadcaster.LevelMeter`. */
export interface LevelMeterProps extends Omit<ComponentPropsWithoutRef<'div'>, 'children'> {
  /** The track that is metered, in place of the sound that goes out. */
  readonly track?: MediaStreamTrack | undefined;
  /**
   * Where the page serves `level-worklet.js` of the package, if the bundler does not find it. Without
   * the file the sound is measured on the page's own thread.
   */
  readonly workletUrl?: string | URL | undefined;
}

const TRACK: Kind = [(value) => typeof value === 'object', 'a track'];
const ADDRESS: Kind = [
  (value) => typeof value === 'string' || value instanceof URL,
  'a text or a URL',
];

const selectSound = (state: BroadcasterState) => selectOutgoing(state).audio;

/**
 * How loud the sound is that goes out, with the highest level of the last moments; `data-state` is
 * excluded, off, opening, on, muted or failed. It is drawn without rendering.
 */
export const LevelMeter = part<HTMLDivElement, LevelMeterProps>(
  'Broadcaster.LevelMeter',
  { track: TRACK, workletUrl: ADDRESS },
  function LevelMeter({ track, workletUrl, className, ...props }, ref) {
    const { messages } = useRoot('LevelMeter');
    const sound = useBroadcasterState(selectSound);
    const isMuted = track === undefined && sound.status === 'on' && sound.muted;
    const sent = sound.status === 'on' && !sound.muted ? sound.track : null;
    const element = useLevel<HTMLDivElement>(track ?? sent, { workletUrl });
    useImperativeHandle<HTMLDivElement | null, HTMLDivElement | null>(ref, () => element.current);
    const state = track === undefined ? (isMuted ? 'muted' : sound.status) : 'on';
    return (
      // biome-ignore lint/a11y/useSemanticElements: a meter of HTML shows no peak.
      <div
        role="meter"
        aria-label={messages.levelMeter}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={0}
        {...props}
        {...{ [DATA_ATTRIBUTES.state]: state }}
        ref={element}
        className={classNames('wb-meter', className)}
      />
    );
  },
);
