'use client';

import type { ComponentPropsWithoutRef } from 'react';
import { useState } from 'react';
import type { BroadcasterState } from '../../core/index.js';
import type { Situation } from '../announcement.js';
import { announcement, SPOKEN_SECONDS } from '../announcement.js';
import { classNames } from '../class-names.js';
import { useIngestClock, useRoot, useStage } from '../context.js';
import { DATA_ATTRIBUTES } from '../data-attributes.js';
import { isRough } from '../health-levels.js';
import { part } from '../part.js';
import { useBroadcasterState } from '../use-broadcaster-state.js';
import { useDelivery, useSeenOutput } from '../use-delivery.js';
import { useNotice } from '../use-notice.js';

/** The props of `Broadcaster.Announcer`. */
export type AnnouncerProps = ComponentPropsWithoutRef<'div'>;

const selectIsOffline = ({ network }: BroadcasterState) => !network.online;
const selectHasStream = ({ target }: BroadcasterState) => target.status === 'set';

const UNASKED = { isPossible: false, isPending: false, problem: null } as const;

/**
 * The one voice of a broadcast: tells screen readers each new stage with its cause and what to do,
 * the countdown at 60, 30 and 10 s, and when viewers get less or everything again.
 */
export const Announcer = part<HTMLDivElement, AnnouncerProps>(
  'Broadcaster.Announcer',
  {},
  function Announcer({ className, ...props }, ref) {
    const { messages } = useRoot('Announcer');
    const stage = useStage();
    const { remainingSeconds } = useIngestClock();
    const notice = useNotice(UNASKED);
    const { health } = useDelivery();
    const isOffline = useBroadcasterState(selectIsOffline);
    const hasStream = useBroadcasterState(selectHasStream);
    const output = useSeenOutput();
    const mark = SPOKEN_SECONDS.findLast((seconds) => (remainingSeconds ?? Infinity) <= seconds);

    const seen = { stage, isOffline, hasStream, isRough: stage === 'live' && isRough(health) };
    const [heard, setHeard] = useState<Situation>({ ...seen, isSeen: false, mark: mark ?? null });
    const [words, setWords] = useState('');
    const now: Situation = { ...seen, isSeen: isSeenNow(heard, stage, output), mark: mark ?? null };
    if (JSON.stringify(heard) !== JSON.stringify(now)) {
      setHeard(now);
      const said = announcement(heard, now, { notice, messages });
      if (said !== null) setWords(said);
    }

    return (
      <div
        role="status"
        {...props}
        {...{ [DATA_ATTRIBUTES.state]: stage }}
        ref={ref}
        className={classNames('wb-announcer', className)}
      >
        {words}
      </div>
    );
  },
);

/** That viewers see the person is news once in a broadcast, however often it is interrupted. */
function isSeenNow(heard: Situation, stage: Situation['stage'], output: string): boolean {
  const isOn = stage === 'live' || stage === 'reconnecting';
  return isOn && (heard.isSeen || (stage === 'live' && output === 'seen'));
}
