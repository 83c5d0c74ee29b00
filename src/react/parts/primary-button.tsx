'use client';

import type { ComponentPropsWithoutRef, KeyboardEvent, MouseEvent } from 'react';
import { forwardRef, useEffect, useId, useRef, useState } from 'react';
import type { Broadcaster, BroadcasterState } from '../../core/index.js';
import { callBack } from '../call-back.js';
import { classNames } from '../class-names.js';
import { useRoot, useStage } from '../context.js';
import { DATA_ATTRIBUTES } from '../data-attributes.js';
import type { MessageName } from '../messages.js';
import { settle } from '../settle.js';
import type { Stage } from '../stage.js';
import { useBroadcasterState } from '../use-broadcaster-state.js';
import { usePressGuard } from '../use-press-guard.js';

/** The props of `Broadcaster.PrimaryButton`. */
export interface PrimaryButtonProps extends ComponentPropsWithoutRef<'button'> {
  /** Asks once before stopping what has been live for over a minute; default true. */
  readonly confirmStop?: boolean | undefined;
  /**
   * Starts the stream where there is none yet, and anew once the ingest has ended it; without it
   * that is left to the app.
   */
  readonly onStartAgain?: (() => void) | undefined;
  /** Whether the stream is being started, which the button then waits for; default false. */
  readonly isStarting?: boolean | undefined;
}

const CONFIRM_AFTER_MS = 60_000;

const selectHasTarget = ({ target }: BroadcasterState) => target.status === 'set';
const selectHasCamera = ({ camera }: BroadcasterState) => camera.status !== 'excluded';
const selectHasMicrophone = ({ microphone }: BroadcasterState) => microphone.status !== 'excluded';

/**
 * The one button that leads on from where the person stands; `data-state` is the stage, unstarted
 * where the stream has to be started first, or confirming while it stands for staying live. A press
 * counts once, and not within half a second after the button came to mean something else.
 */
export const PrimaryButton = forwardRef<HTMLButtonElement, PrimaryButtonProps>(
  function PrimaryButton(
    {
      confirmStop = true,
      onStartAgain,
      isStarting = false,
      className,
      style,
      onClick,
      onKeyDown,
      children,
      ...props
    },
    ref,
  ) {
    const { broadcaster, messages, noticeId } = useRoot('PrimaryButton');
    const stage = useStage();
    const hasTarget = useBroadcasterState(selectHasTarget);
    const hasCamera = useBroadcasterState(selectHasCamera);
    const hasMicrophone = useBroadcasterState(selectHasMicrophone);
    // The width that the button had when it asked: the answer in its place is no narrower.
    const [confirmingWidth, setConfirmingWidth] = useState<number | null>(null);
    const isConfirming = confirmingWidth !== null;
    // An end that came by itself leaves nothing to confirm.
    if (isConfirming && stage !== 'live') setConfirmingWidth(null);
    const questionId = useId();
    const place = useRef<HTMLSpanElement>(null);
    useEffect(() => {
      // Safari does not focus what is clicked, and Escape must be heard.
      if (isConfirming) place.current?.querySelector<HTMLElement>('.wb-primary')?.focus();
    }, [isConfirming]);

    const needsTarget = stage === 'ready' || stage === 'failed';
    const needsStream = stage === 'expired' || (needsTarget && !hasTarget);
    const isUnstarted = needsStream && stage !== 'expired' && canStart(onStartAgain);
    const isBlocked =
      (needsStream && !canStart(onStartAgain)) ||
      (stage === 'blank' && !hasCamera && !hasMicrophone);
    const isWaiting = stage === 'asking' || (needsStream && isStarting);
    const label = isConfirming
      ? 'confirmStopNo'
      : isUnstarted
        ? 'startStream'
        : labelOf(stage, hasCamera);
    // "Try again" asks for devices in one stage and connects in another.
    const guard = usePressGuard(label === 'tryAgain' ? stage : label);

    const press = (event: MouseEvent<HTMLButtonElement>) => {
      if (isBlocked) return event.preventDefault();
      if (isConfirming) return setConfirmingWidth(null);
      onClick?.(event);
      if (event.defaultPrevented || isWaiting) return;
      if (stage === 'live' && confirmStop && hasBeenLiveFor(broadcaster, CONFIRM_AFTER_MS)) {
        setConfirmingWidth(event.currentTarget.offsetWidth);
      } else if (needsStream) callBack(onStartAgain);
      else settle(go(broadcaster, stage));
    };
    const stay = ({ key }: KeyboardEvent) => {
      if (isConfirming && key === 'Escape') setConfirmingWidth(null);
    };
    const guarded = guard({
      onClick: press,
      onKeyDown: (event) => {
        onKeyDown?.(event);
        stay(event);
      },
    });
    return (
      // The button comes last, as the answer that changes nothing lies where it was pressed.
      <span
        ref={place}
        className={isConfirming ? 'wb-primary-place wb-confirm' : 'wb-primary-place'}
        {...(isConfirming && { role: 'group', 'aria-labelledby': questionId })}
      >
        {isConfirming && (
          <>
            <span id={questionId} className="wb-confirm-words">
              {messages.confirmStop}
            </span>
            <button
              type="button"
              className="wb-button wb-stop-now"
              {...guard({ onClick: () => settle(broadcaster.stop()), onKeyDown: stay })}
            >
              {messages.confirmStopYes}
            </button>
          </>
        )}
        <button
          type="button"
          aria-describedby={isBlocked ? noticeId : undefined}
          {...props}
          {...{
            [DATA_ATTRIBUTES.state]: isConfirming
              ? 'confirming'
              : isUnstarted
                ? 'unstarted'
                : stage,
          }}
          ref={ref}
          className={classNames('wb-button wb-primary', className)}
          style={isConfirming ? { ...style, minWidth: confirmingWidth } : style}
          {...guarded}
          // `disabled` would take the focus away, as when the browser asks its question.
          aria-disabled={
            isBlocked || isWaiting || guarded['aria-disabled'] || props['aria-disabled']
          }
          data-resting={isBlocked || isWaiting ? undefined : guarded['data-resting']}
        >
          {(isConfirming ? null : children) ?? messages[label]}
        </button>
      </span>
    );
  },
);

function canStart(onStartAgain: unknown): boolean {
  return typeof onStartAgain === 'function';
}

function labelOf(stage: Stage, hasCamera: boolean): MessageName {
  switch (stage) {
    case 'blank':
    case 'asking':
      return hasCamera ? 'turnOnCamera' : 'turnOnMicrophone';
    case 'ready':
      return 'goLive';
    case 'taken':
      return 'takeOver';
    case 'connecting':
      return 'cancel';
    case 'live':
    case 'reconnecting':
      return 'stop';
    case 'expired':
      return 'startAgain';
    case 'denied':
    case 'failed':
      return 'tryAgain';
  }
}

function go(broadcaster: Broadcaster, stage: Stage): Promise<void> {
  if (stage === 'blank' || stage === 'denied') return broadcaster.preview();
  if (stage === 'taken') return broadcaster.start({ takeOver: true });
  return stage === 'ready' || stage === 'failed' ? broadcaster.start() : broadcaster.stop();
}

function hasBeenLiveFor(broadcaster: Broadcaster, durationMs: number): boolean {
  const { connection } = broadcaster.getSnapshot();
  return connection.status === 'live' && Date.now() - connection.since > durationMs;
}
