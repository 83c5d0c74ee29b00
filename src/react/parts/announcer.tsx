'use client';

import type { ComponentPropsWithoutRef } from 'react';
import { forwardRef, useState } from 'react';
import { classNames } from '../class-names.js';
import { useIngestClock, useRoot, useStage } from '../context.js';
import { DATA_ATTRIBUTES } from '../data-attributes.js';
import { isRough } from '../health-levels.js';
import type { MessageName } from '../messages.js';
import { fill } from '../messages.js';
import type { Stage } from '../stage.js';
import { useHealth } from '../use-health.js';

/** The props of `Broadcaster.Announcer`. */
export type AnnouncerProps = ComponentPropsWithoutRef<'div'>;

const SPOKEN_SECONDS = [60, 30, 10] as const;

/** Speaks to screen readers: each new stage, the countdown at 60, 30 and 10 s, health as it turns. */
export const Announcer = forwardRef<HTMLDivElement, AnnouncerProps>(function Announcer(
  { className, ...props },
  ref,
) {
  const { messages } = useRoot('Announcer');
  const stage = useStage();
  const { phase, remainingSeconds } = useIngestClock();
  const health = useHealth();
  const isBad = stage === 'live' && isRough(health);
  const mark = SPOKEN_SECONDS.findLast((seconds) => (remainingSeconds ?? Infinity) <= seconds);

  const now: Heard = { stage, mark: mark ?? null, isBad };
  const [heard, setHeard] = useState(now);
  const [words, setWords] = useState('');
  if (heard.stage !== now.stage || heard.mark !== now.mark || heard.isBad !== now.isBad) {
    setHeard(now);
    const isResuming = phase === 'interrupted';
    if (heard.stage !== stage) setWords(messages[STAGE_WORDS[stage]]);
    else if (heard.isBad !== isBad) setWords(isBad ? messages.sayRough : messages.sayRecovered);
    // Coming back to a longer count, as with a new stream, is no news of time running out.
    else if (now.mark !== null && now.mark < (heard.mark ?? Infinity)) {
      const template = isResuming ? messages.saySecondsToResume : messages.saySecondsToStart;
      setWords(fill(template, { seconds: now.mark }));
    }
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
});

interface Heard {
  readonly stage: Stage;
  readonly mark: number | null;
  readonly isBad: boolean;
}

const STAGE_WORDS: Readonly<Record<Stage, MessageName>> = {
  blank: 'sayBlank',
  asking: 'sayAsking',
  denied: 'sayDenied',
  ready: 'sayReady',
  connecting: 'sayConnecting',
  live: 'sayLive',
  reconnecting: 'sayReconnecting',
  expired: 'sayExpired',
  failed: 'sayFailed',
};
