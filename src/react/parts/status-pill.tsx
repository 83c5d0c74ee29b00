'use client';

import type { ComponentPropsWithoutRef } from 'react';
import type { BroadcasterState } from '../../core/index.js';
import { selectOutgoing } from '../../core/index.js';
import { classNames } from '../class-names.js';
import { useRoot, useStage } from '../context.js';
import { DATA_ATTRIBUTES } from '../data-attributes.js';
import { formatClock } from '../format.js';
import type { MessageName } from '../messages.js';
import { fill } from '../messages.js';
import { part } from '../part.js';
import type { Stage } from '../stage.js';
import { useBroadcasterState } from '../use-broadcaster-state.js';
import { useSecondsSince } from '../use-clock.js';
import { useDelivery } from '../use-delivery.js';

/** The props of `Broadcaster.StatusPill`. */
export type StatusPillProps = ComponentPropsWithoutRef<'span'>;

const selectLiveSince = ({ connection }: BroadcasterState) =>
  connection.status === 'live' ? connection.since : null;
const selectHasCamera = (state: BroadcasterState) =>
  selectOutgoing(state).video.status !== 'excluded';

/** The one word for where the broadcast stands; `data-state` is the stage. Nothing while blank. */
export const StatusPill = part<HTMLSpanElement, StatusPillProps>(
  'Broadcaster.StatusPill',
  {},
  function StatusPill({ className, ...props }, ref) {
    const { messages } = useRoot('StatusPill');
    const stage = useStage();
    const hasCamera = useBroadcasterState(selectHasCamera);
    const seconds = useSecondsSince(useBroadcasterState(selectLiveSince));
    const { status } = useDelivery();
    if (stage === 'blank') return null;
    // Show a loss at once, before anything is done about it.
    const shown = stage === 'live' && status === 'interrupted' ? 'reconnecting' : stage;
    const word = messages[shown === 'denied' && !hasCamera ? 'pillNoMicrophone' : WORDS[shown]];
    return (
      <span
        {...props}
        {...{ [DATA_ATTRIBUTES.state]: shown }}
        ref={ref}
        className={classNames('wb-pill wb-status-pill', className)}
      >
        <span className="wb-dot" aria-hidden="true" />
        {fill(word, { time: formatClock(seconds ?? 0, { hours: true }) })}
      </span>
    );
  },
);

const WORDS: Readonly<Record<Exclude<Stage, 'blank'>, MessageName>> = {
  asking: 'pillAsking',
  denied: 'pillNoCamera',
  ready: 'pillReady',
  taken: 'pillTaken',
  connecting: 'pillConnecting',
  live: 'pillLive',
  reconnecting: 'pillReconnecting',
  expired: 'pillExpired',
  failed: 'pillFailed',
};
