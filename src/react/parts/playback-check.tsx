'use client';

import type { ComponentPropsWithoutRef } from 'react';
import { useContext, useEffect, useState } from 'react';
import type { BroadcasterInstance, BroadcasterState, Delivery } from '../../core/index.js';
import { selectDelivery } from '../../core/index.js';
import { classNames } from '../class-names.js';
import { RootContext, useWords, ViewerContext } from '../context.js';
import { DATA_ATTRIBUTES } from '../data-attributes.js';
import { formatClock } from '../format.js';
import { HealthIcon } from '../icons.js';
import type { SeenOutput } from '../output-watch.js';
import { outputWatchOf } from '../output-watch.js';
import { part } from '../part.js';
import type { PlaybackVerdict } from '../playback-check/playback-verdict.js';
import {
  type PlaybackCheckOptions,
  usePlaybackCheck,
} from '../playback-check/use-playback-check.js';
import { playbackWords } from '../playback-words.js';
import { BOOLEAN, BROADCASTER, FUNCTION, NUMBER, OBJECT } from '../use-checked.js';
import { useHasPassed, useSecondsSince } from '../use-clock.js';
import { useStateOf } from '../use-delivery.js';
import { fill } from '../words/fill.js';
import { VIEWER_WORDS } from '../words/viewer-words.js';

type Words = Readonly<Record<keyof typeof VIEWER_WORDS, string>>;

/** The props of `Broadcaster.PlaybackCheck`. */
export interface PlaybackCheckProps extends ComponentPropsWithoutRef<'p'> {
  /**
   * Whether the stream is live, so that there should be something to see. Not needed where
   * a broadcaster knows what it sends itself.
   */
  readonly live?: boolean | undefined;
  /** The broadcaster whose output this is; without it, that of the root above, if there is one. */
  readonly broadcaster?: BroadcasterInstance | undefined;
  /** A player of your own in place of the `<Broadcaster.Viewer>` around this part. */
  readonly video?: PlaybackCheckOptions['video'] | undefined;
  /** For a player of your own: wall-clock time of the frame that is shown. */
  readonly playingDate?: PlaybackCheckOptions['playingDate'];
  /** How late it is in seconds, where that is measured otherwise, as over WebRTC. */
  readonly behindSeconds?: PlaybackCheckOptions['behindSeconds'];
}

/** A playback over HLS has caught up with a broadcast that is live, or live again, after so long. */
const CATCH_UP_MS = 20_000;
/** A playback that stands still for less may only have run out of picture for a moment. */
const FROZEN_FOR_GOOD_MS = 5_000;

const selectStream = ({ stream }: BroadcasterState) => stream;

const TONES = { disc: 'good', ring: 'info', triangle: 'warning', square: 'problem' } as const;

/** The spoken words where no other part announces the broadcast. */
const SPOKEN: Readonly<Partial<Record<PlaybackVerdict['kind'], keyof Words>>> = {
  seen: 'saySeen',
  frozen: 'sayFrozen',
};

/**
 * Looks at the broadcast's own output and says what viewers see, and how late; `data-state` is
 * `off`, `nothing`, `seen`, `frozen` or `paused`. With a broadcaster it never contradicts what that
 * knows, and leaves it to the announcer to speak; without one it speaks of what it sees itself.
 */
export const PlaybackCheck = part<HTMLParagraphElement, PlaybackCheckProps>(
  'Broadcaster.PlaybackCheck',
  {
    live: BOOLEAN,
    broadcaster: BROADCASTER,
    video: OBJECT,
    playingDate: FUNCTION,
    behindSeconds: NUMBER,
  },
  function PlaybackCheck(
    { live = false, broadcaster, video, playingDate, behindSeconds, className, ...props },
    ref,
  ) {
    const messages = useWords(VIEWER_WORDS);
    const viewer = useContext(ViewerContext);
    const root = useContext(RootContext);
    const watched = broadcaster ?? root?.broadcaster ?? null;
    const delivery = useStateOf(watched, selectDelivery);
    const stream = useStateOf(watched, selectStream);
    const isSent = delivery?.status === 'reaching' || delivery?.status === 'interrupted';
    const own = video !== undefined;
    const verdict = usePlaybackCheck({
      video: own ? video : (viewer?.video ?? null),
      isLive: live === true || isSent,
      playingDate: own ? playingDate : viewer?.playingDate,
      behindSeconds,
      clockOffsetMs: stream?.clockOffsetMs,
    });
    const isOurs = stream?.isOurs === true;
    const view = { delivery, isOurs, hasCaughtUp: useHasCaughtUp(delivery) };
    const { words, shape, isFrozen } = playbackWords(verdict, view);
    const frozenSince = verdict.kind === 'frozen' ? verdict.since : null;
    const isFrozenForGood = useHasPassed(isFrozen ? frozenSince : null, FROZEN_FOR_GOOD_MS);
    const frozenSeconds = useSecondsSince(words === 'playbackFrozen' ? frozenSince : null);
    useReport(watched, verdict.kind === 'seen' ? 'seen' : isFrozenForGood ? 'frozen' : 'unknown');
    const said = watched === null ? SPOKEN[verdict.kind] : undefined;
    return (
      <p
        {...props}
        {...{ [DATA_ATTRIBUTES.state]: verdict.kind, [DATA_ATTRIBUTES.tone]: TONES[shape] }}
        ref={ref}
        className={classNames('wb-part wb-playback', className)}
      >
        <HealthIcon shape={shape} />
        <span aria-hidden={watched === null || undefined}>
          {wordsOf(words, { verdict, frozenSeconds: frozenSeconds ?? 0, messages })}
        </span>
        {watched === null && (
          <span className="wb-unseen" role="status">
            {said === undefined ? '' : messages[said]}
          </span>
        )}
      </p>
    );
  },
);

function wordsOf(
  words: keyof Words,
  {
    verdict,
    frozenSeconds,
    messages,
  }: {
    readonly verdict: PlaybackVerdict;
    readonly frozenSeconds: number;
    readonly messages: Words;
  },
): string {
  if (words === 'playbackFrozen') {
    return fill(messages.playbackFrozen, { time: formatClock(frozenSeconds) });
  }
  const behindSeconds = verdict.kind === 'seen' ? verdict.behindSeconds : null;
  if (words !== 'playbackSeen' || behindSeconds === null) return messages[words];
  const seconds = behindSeconds < 2 ? behindSeconds.toFixed(1) : String(behindSeconds);
  return fill(messages.playbackSeenBehind, { seconds });
}

/** Whether viewers have been reached for so long that each playback must show it by now. */
function useHasCaughtUp(delivery: Delivery | null): boolean {
  const status = delivery?.status ?? null;
  const [since, setSince] = useState<number | null>(null);
  useEffect(() => setSince(status === 'reaching' ? Date.now() : null), [status]);
  return useHasPassed(since, CATCH_UP_MS) || status === null;
}

function useReport(broadcaster: BroadcasterInstance | null, seen: SeenOutput): void {
  const [id] = useState(() => Symbol('playback check'));
  useEffect(() => {
    if (broadcaster !== null) outputWatchOf(broadcaster).report(id, seen);
  }, [broadcaster, id, seen]);
  useEffect(() => {
    if (broadcaster === null) return undefined;
    return () => outputWatchOf(broadcaster).report(id, 'unknown');
  }, [broadcaster, id]);
}
