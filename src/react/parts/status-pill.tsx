'use client';

import type { ComponentPropsWithoutRef } from 'react';
import type { BroadcasterState } from '../../core/index.js';
import { selectOutgoing, standingOf } from '../../core/index.js';
import { classNames } from '../class-names.js';
import { useRoot, useStage } from '../context.js';
import { DATA_ATTRIBUTES } from '../data-attributes.js';
import { formatClock } from '../format.js';
import type { FirstName } from '../messages.js';
import { part } from '../part.js';
import { refusalOf, type Stage } from '../stage.js';
import { useBroadcasterState } from '../use-broadcaster-state.js';
import { useSecondsSince } from '../use-clock.js';
import { useLoadedDelivery } from '../use-loaded-delivery.js';
import { fill } from '../words/fill.js';

/** The props of `Broadcaster.StatusPill`. */
export type StatusPillProps = ComponentPropsWithoutRef<'span'>;

const selectLiveSince = ({ connection }: BroadcasterState) =>
  connection.status === 'live' ? connection.since : null;
/** The word where there is a picture or a sound to go live with. */
const selectReadyWord = (state: BroadcasterState): FirstName => {
  if (state.target.status === 'set' && refusalOf(state) === null) return 'pillReady';
  return standingOf(state.stream.word) === 'over' ? 'pillExpired' : 'pillPreview';
};
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
    const readyWord = useBroadcasterState(selectReadyWord);
    const { status } = useLoadedDelivery();
    if (stage === 'blank') return null;
    // Show a loss at once, before anything is done about it.
    const shown = stage === 'live' && status === 'interrupted' ? 'reconnecting' : stage;
    const word = shown === 'ready' ? readyWord : WORDS[shown];
    const ownWord = shown === 'denied' && !hasCamera ? 'pillNoMicrophone' : word;
    return (
      <span
        {...props}
        {...{ [DATA_ATTRIBUTES.state]: shown }}
        ref={ref}
        className={classNames('wb-pill wb-status-pill', className)}
      >
        <span className="wb-dot" aria-hidden="true" />
        {fill(messages[ownWord], { time: formatClock(seconds ?? 0, { hours: true }) })}
      </span>
    );
  },
);

const WORDS: Readonly<Record<Exclude<Stage, 'blank' | 'ready'>, FirstName>> = {
  asking: 'pillAsking',
  denied: 'pillNoCamera',
  taken: 'pillTaken',
  connecting: 'pillConnecting',
  live: 'pillLive',
  reconnecting: 'pillReconnecting',
  expired: 'pillExpired',
  failed: 'pillFailed',
};
