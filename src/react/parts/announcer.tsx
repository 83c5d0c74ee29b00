'use client';

import type { ComponentPropsWithoutRef } from 'react';
import { useEffect, useState } from 'react';
import { isSame } from '../../core/foundation/same.js';
import type { BroadcasterState } from '../../core/index.js';
import type { Situation } from '../announcement.js';
import { classNames } from '../class-names.js';
import { useIngestClock, useRoot, useStage } from '../context.js';
import { DATA_ATTRIBUTES } from '../data-attributes.js';
import { isRough } from '../health-levels.js';
import { part } from '../part.js';
import { hasPicture } from '../playback-words.js';
import { SPOKEN_SECONDS } from '../spoken-seconds.js';
import { useBroadcasterState } from '../use-broadcaster-state.js';
import { useSeenOutput } from '../use-delivery.js';
import { useLoadedDelivery } from '../use-loaded-delivery.js';
import type { StartProps } from '../use-notice.js';
import { START_KINDS, useNotice } from '../use-notice.js';
import { useOnceShown } from '../use-once-shown.js';

/** The props of `Broadcaster.Announcer`; how the stream is started is told as to the notice. */
export interface AnnouncerProps extends ComponentPropsWithoutRef<'div'>, StartProps {}

const selectFailedAt = ({ connection }: BroadcasterState) =>
  connection.status === 'failed' ? connection.endedAt : null;
const selectIsOffline = ({ network }: BroadcasterState) => !network.online;
const selectHasStream = ({ target }: BroadcasterState) => target.status === 'set';

/** Where a reader of the screen comes past later than this, the words may have grown old. */
const HEARD_AFTER_MS = 10_000;

/**
 * The one voice of a broadcast: tells screen readers each new stage and each new notice with its
 * cause and what to do, the countdown at 60, 30 and 10 s, and when viewers get everything again.
 */
export const Announcer = part<HTMLDivElement, AnnouncerProps>(
  'Broadcaster.Announcer',
  START_KINDS,
  function Announcer({ canStart, isStarting, startProblem, className, ...props }, ref) {
    const { notices } = useRoot('Announcer');
    const onceShown = useOnceShown();
    const stage = useStage();
    const { phase, remainingSeconds } = useIngestClock();
    const notice = useNotice({ canStart, isStarting, startProblem });
    const delivery = useLoadedDelivery();
    const { level } = delivery.health;
    const failedAt = useBroadcasterState(selectFailedAt);
    const isOffline = useBroadcasterState(selectIsOffline);
    const hasStream = useBroadcasterState(selectHasStream);
    const output = useSeenOutput();
    // Announce an expired window as that.
    const left = phase === 'expired' ? null : remainingSeconds;
    const mark = SPOKEN_SECONDS.findLast((seconds) => (left ?? Infinity) <= seconds);

    const seen = {
      stage,
      failedAt: stage === 'failed' ? failedAt : null,
      isOffline,
      hasStream,
      isRough: false,
      mark: mark ?? null,
      notice: onceShown?.noticeNews(stage, notice) ?? '',
    };
    const [heard, setHeard] = useState<Situation | null>(null);
    // Counted, since what is said twice has to be a new element to be heard twice.
    const [said, setSaid] = useState({ words: '', count: 0 });
    // The first situation that there are words for is no change.
    const before = heard ?? { ...seen, isSeen: false, told: [] };
    const isSeen = isSeenNow(before, stage, output === 'seen' && hasPicture(delivery));
    // A part that is measured, opened or muted is no better yet.
    const isOpening = delivery.picture === 'opening' || delivery.sound === 'opening';
    const isUnsure = isOpening || level === 'unknown' || level === 'muted';
    const isLess = stage === 'live' && (isUnsure ? before.isRough : isRough(delivery.health));
    if (onceShown !== null && notices !== null) {
      const now: Situation = {
        ...seen,
        isSeen,
        isRough: isLess,
        told: onceShown.toldBy(before, { ...seen, isSeen }),
      };
      if (heard === null || !isSame(heard, now)) {
        setHeard(now);
        const words = onceShown.announcement(before, now, { notice, messages: notices });
        if (words !== null) setSaid({ words, count: said.count + 1 });
      }
    }
    useEffect(() => {
      if (said.words === '') return undefined;
      const timer = setTimeout(() => setSaid({ ...said, words: '' }), HEARD_AFTER_MS);
      return () => clearTimeout(timer);
    }, [said]);

    return (
      <div
        role="status"
        {...props}
        {...{ [DATA_ATTRIBUTES.state]: stage }}
        ref={ref}
        className={classNames('wb-announcer', className)}
      >
        {said.words !== '' && <span key={said.count}>{said.words}</span>}
      </div>
    );
  },
);

/** That viewers see the person is news once in a broadcast, however often it is interrupted. */
function isSeenNow(heard: Situation, stage: Situation['stage'], isPictureSeen: boolean): boolean {
  const isOn = stage === 'live' || stage === 'reconnecting';
  return isOn && (heard.isSeen || (stage === 'live' && isPictureSeen));
}
