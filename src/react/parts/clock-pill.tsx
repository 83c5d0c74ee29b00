'use client';

import type { ComponentPropsWithoutRef, ReactNode } from 'react';
import type { BroadcasterState } from '../../core/index.js';
import { classNames } from '../class-names.js';
import { useIngestClock, useRoot, useStage } from '../context.js';
import { DATA_ATTRIBUTES } from '../data-attributes.js';
import { formatBitRate, formatClock } from '../format.js';
import { RingIcon } from '../icons.js';
import { part } from '../part.js';
import { useBroadcasterState } from '../use-broadcaster-state.js';
import { useLoadedDelivery } from '../use-loaded-delivery.js';
import { fill } from '../words/fill.js';

/** The props of `Broadcaster.ClockPill`. */
export type ClockPillProps = ComponentPropsWithoutRef<'span'>;

const selectSent = ({ stats }: BroadcasterState) =>
  stats.status === 'sampled' && stats.isCurrent ? stats.sample.sentBitsPerSecond : undefined;

/** The clock that matters now; `data-state` is waiting, interrupted or sending. Nothing if none. */
export const ClockPill = part<HTMLSpanElement, ClockPillProps>(
  'Broadcaster.ClockPill',
  {},
  function ClockPill({ className, ...props }, ref) {
    const { messages } = useRoot('ClockPill');
    const stage = useStage();
    const { phase, remainingSeconds, progress } = useIngestClock();
    const { status } = useLoadedDelivery();
    const sentBitsPerSecond = useBroadcasterState(selectSent);
    const pill = (state: string, children: ReactNode) => (
      <span
        {...props}
        {...{ [DATA_ATTRIBUTES.state]: state }}
        ref={ref}
        className={classNames('wb-pill wb-clock-pill', className)}
      >
        {children}
      </span>
    );

    if (stage === 'live') {
      if (sentBitsPerSecond === undefined || status !== 'reaching') return null;
      const { number, unit } = formatBitRate(sentBitsPerSecond);
      return pill('sending', <bdi>{fill(messages[unit], { number })}</bdi>);
    }
    const runs = phase === 'waiting' || phase === 'interrupted';
    if (
      !runs ||
      remainingSeconds === null ||
      stage === 'failed' ||
      stage === 'expired' ||
      stage === 'taken'
    ) {
      return null;
    }
    const template = phase === 'waiting' ? messages.clockWaiting : messages.clockInterrupted;
    const [before = '', after = ''] = template.split('{time}').map((text) => text.trim());
    return pill(
      phase,
      <>
        <RingIcon progress={progress ?? 0} />
        {/* The spaces belong to the words, which a narrow column leaves out. */}
        <bdi className="wb-clock-text">
          {before !== '' && <span className="wb-clock-words">{`${before} `}</span>}
          <span className="wb-clock-number">{formatClock(remainingSeconds)}</span>
          {after !== '' && <span className="wb-clock-words">{` ${after}`}</span>}
        </bdi>
      </>,
    );
  },
);
