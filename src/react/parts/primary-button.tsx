'use client';

import type { ComponentPropsWithoutRef, MouseEvent } from 'react';
import { forwardRef, useEffect, useRef, useState } from 'react';
import type { Broadcaster, BroadcasterState } from '../../core/index.js';
import { callBack } from '../call-back.js';
import { classNames } from '../class-names.js';
import { useRoot, useStage } from '../context.js';
import { DATA_ATTRIBUTES } from '../data-attributes.js';
import type { MessageName } from '../messages.js';
import { settle } from '../settle.js';
import type { Stage } from '../stage.js';
import { useBroadcasterState } from '../use-broadcaster-state.js';
import { StopConfirmation } from './stop-confirmation.js';

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
 * The one button that leads on from where the person stands; `data-state` is the stage, or unstarted
 * where the stream has to be started first.
 */
export const PrimaryButton = forwardRef<HTMLButtonElement, PrimaryButtonProps>(
  function PrimaryButton(
    {
      confirmStop = true,
      onStartAgain,
      isStarting = false,
      className,
      disabled,
      onClick,
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
    const [isConfirming, setIsConfirming] = useState(false);
    // An end that came by itself leaves nothing to confirm.
    if (isConfirming && stage !== 'live') setIsConfirming(false);
    const bounds = useRef<HTMLSpanElement>(null);
    useFocusReturn(bounds, isConfirming);

    if (isConfirming) {
      return (
        <StopConfirmation
          onStop={() => settle(broadcaster.stop())}
          onStay={() => setIsConfirming(false)}
        />
      );
    }
    const needsTarget = stage === 'ready' || stage === 'failed';
    const needsStream = stage === 'expired' || (needsTarget && !hasTarget);
    const state =
      needsStream && stage !== 'expired' && canStart(onStartAgain) ? 'unstarted' : stage;
    const isBlocked =
      (needsStream && !canStart(onStartAgain)) ||
      (stage === 'blank' && !hasCamera && !hasMicrophone);
    // Focus must survive the question of the browser, so the button is not disabled but idle.
    const isWaiting = stage === 'asking' || (needsStream && isStarting);
    const press = (event: MouseEvent<HTMLButtonElement>) => {
      onClick?.(event);
      if (event.defaultPrevented || isWaiting) return;
      if (stage === 'live' && confirmStop && hasBeenLiveFor(broadcaster, CONFIRM_AFTER_MS)) {
        setIsConfirming(true);
      } else if (needsStream) callBack(onStartAgain);
      else settle(go(broadcaster, stage));
    };
    return (
      <span ref={bounds} className="wb-primary-place">
        <button
          type="button"
          aria-describedby={isBlocked ? noticeId : undefined}
          {...props}
          {...{ [DATA_ATTRIBUTES.state]: state }}
          ref={ref}
          className={classNames('wb-button wb-primary', className)}
          disabled={disabled === true || isBlocked}
          aria-disabled={isWaiting || undefined}
          onClick={press}
        >
          {children ?? messages[state === 'unstarted' ? 'startStream' : labelOf(state, hasCamera)]}
        </button>
      </span>
    );
  },
);

/** The question takes the focus with it when it goes; the button that asked it gets it back. */
function useFocusReturn(
  bounds: { readonly current: HTMLElement | null },
  isConfirming: boolean,
): void {
  const was = useRef(false);
  useEffect(() => {
    if (was.current && !isConfirming && document.activeElement === document.body) {
      bounds.current?.querySelector('button')?.focus();
    }
    was.current = isConfirming;
  }, [bounds, isConfirming]);
}

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
