import type { ComponentPropsWithoutRef } from 'react';
import { forwardRef, useContext } from 'react';
import { classNames } from '../class-names.js';
import { useMessages, ViewerContext } from '../context.js';
import { DATA_ATTRIBUTES } from '../data-attributes.js';
import { formatClock } from '../format.js';
import type { GlassVerdict } from '../glass-verdict.js';
import type { MessageName, Messages } from '../messages.js';
import { fill } from '../messages.js';
import { type GlassCheckOptions, useGlassCheck } from '../use-glass-check.js';

/** The props of `Broadcaster.GlassCheck`. */
export interface GlassCheckProps extends ComponentPropsWithoutRef<'p'> {
  /** Whether the broadcast is live, so that there should be something to see. */
  readonly live: boolean;
  /** A player of your own in place of the `<Broadcaster.Viewer>` around this part. */
  readonly video?: HTMLVideoElement | null | undefined;
  /** For a player of your own: wall-clock time of the frame that is shown. */
  readonly playingDate?: GlassCheckOptions['playingDate'];
}

const SAID: Readonly<Record<GlassVerdict['kind'], MessageName>> = {
  off: 'glassOff',
  nothing: 'glassNothing',
  seen: 'saySeen',
  frozen: 'sayFrozen',
};

/**
 * Looks at the broadcast's own output and says what viewers see, and how late; `data-state` is
 * `off`, `nothing`, `seen` or `frozen`. Each change is announced, the seconds are not.
 */
export const GlassCheck = forwardRef<HTMLParagraphElement, GlassCheckProps>(function GlassCheck(
  { live, video, playingDate, className, ...props },
  ref,
) {
  const messages = useMessages();
  const viewer = useContext(ViewerContext);
  const own = video !== undefined;
  const verdict = useGlassCheck({
    video: own ? video : (viewer?.video ?? null),
    isLive: live,
    playingDate: own ? playingDate : viewer?.playingDate,
  });
  return (
    <p
      {...props}
      {...{ [DATA_ATTRIBUTES.state]: verdict.kind }}
      ref={ref}
      className={classNames('wb-part wb-glass', className)}
    >
      <span aria-hidden="true">{wordsOf(verdict, messages)}</span>
      <span className="wb-unseen" role="status">
        {messages[SAID[verdict.kind]]}
      </span>
    </p>
  );
});

function wordsOf(verdict: GlassVerdict, messages: Messages): string {
  switch (verdict.kind) {
    case 'off':
      return messages.glassOff;
    case 'nothing':
      return messages.glassNothing;
    case 'seen':
      return verdict.behindSeconds === null
        ? messages.glassSeen
        : fill(messages.glassSeenBehind, { seconds: verdict.behindSeconds.toFixed(1) });
    case 'frozen':
      return fill(messages.glassFrozen, {
        time: formatClock(Math.floor(verdict.frozenForMs / 1000)),
      });
  }
}
