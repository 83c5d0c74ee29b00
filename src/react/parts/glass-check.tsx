'use client';

import type { ComponentPropsWithoutRef } from 'react';
import { forwardRef, useContext } from 'react';
import { classNames } from '../class-names.js';
import { useMessages, ViewerContext } from '../context.js';
import { DATA_ATTRIBUTES } from '../data-attributes.js';
import { formatClock } from '../format.js';
import type { GlassVerdict } from '../glass/glass-verdict.js';
import { type GlassCheckOptions, useGlassCheck } from '../glass/use-glass-check.js';
import { HealthIcon } from '../icons.js';
import type { MessageName, Messages } from '../messages.js';
import { fill } from '../messages.js';
import { useSecondsSince } from '../use-clock.js';

/** The props of `Broadcaster.GlassCheck`. */
export interface GlassCheckProps extends ComponentPropsWithoutRef<'p'> {
  /** Whether the broadcast is live, so that there should be something to see. */
  readonly live: boolean;
  /** A player of your own in place of the `<Broadcaster.Viewer>` around this part. */
  readonly video?: GlassCheckOptions['video'] | undefined;
  /** For a player of your own: wall-clock time of the frame that is shown. */
  readonly playingDate?: GlassCheckOptions['playingDate'];
  /** How late it is in seconds, where that is measured otherwise, as over WebRTC. */
  readonly behindSeconds?: GlassCheckOptions['behindSeconds'];
}

const SIGNS = {
  off: { said: 'glassOff', shape: 'ring' },
  nothing: { said: 'glassNothing', shape: 'triangle' },
  seen: { said: 'saySeen', shape: 'disc' },
  frozen: { said: 'sayFrozen', shape: 'square' },
  paused: { said: 'glassPaused', shape: 'ring' },
} as const satisfies Record<
  GlassVerdict['kind'],
  { readonly said: MessageName; readonly shape: string }
>;

/**
 * Looks at the broadcast's own output and says what viewers see, and how late; `data-state` is
 * `off`, `nothing`, `seen`, `frozen` or `paused`. Each change is announced, the seconds are not.
 */
export const GlassCheck = forwardRef<HTMLParagraphElement, GlassCheckProps>(function GlassCheck(
  { live, video, playingDate, behindSeconds, className, ...props },
  ref,
) {
  const messages = useMessages();
  const viewer = useContext(ViewerContext);
  const own = video !== undefined;
  const verdict = useGlassCheck({
    video: own ? video : (viewer?.video ?? null),
    isLive: live === true,
    playingDate: own ? playingDate : viewer?.playingDate,
    behindSeconds,
  });
  const frozenSeconds = useSecondsSince(verdict.kind === 'frozen' ? verdict.since : null);
  const { said, shape } = SIGNS[verdict.kind];
  return (
    <p
      {...props}
      {...{ [DATA_ATTRIBUTES.state]: verdict.kind }}
      ref={ref}
      className={classNames('wb-part wb-glass', className)}
    >
      <HealthIcon shape={shape} />
      <span aria-hidden="true">{wordsOf(verdict, frozenSeconds ?? 0, messages)}</span>
      <span className="wb-unseen" role="status">
        {messages[said]}
      </span>
    </p>
  );
});

function wordsOf(verdict: GlassVerdict, frozenSeconds: number, messages: Messages): string {
  if (verdict.kind === 'frozen') {
    return fill(messages.glassFrozen, { time: formatClock(frozenSeconds) });
  }
  if (verdict.kind !== 'seen') return messages[SIGNS[verdict.kind].said];
  const { behindSeconds } = verdict;
  if (behindSeconds === null) return messages.glassSeen;
  const seconds = behindSeconds < 2 ? behindSeconds.toFixed(1) : String(behindSeconds);
  return fill(messages.glassSeenBehind, { seconds });
}
