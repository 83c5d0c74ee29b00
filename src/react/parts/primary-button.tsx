'use client';

import type { ComponentPropsWithoutRef, KeyboardEvent, MouseEvent } from 'react';
import { useEffect, useId, useRef, useState } from 'react';
import type { BroadcasterInstance, BroadcasterState } from '../../core/index.js';
import { selectOutgoing, standingOf } from '../../core/index.js';
import { callBack } from '../call-back.js';
import { classNames } from '../class-names.js';
import { useRoot, useStage } from '../context.js';
import { DATA_ATTRIBUTES } from '../data-attributes.js';
import { hopelessError, mayHelpInTab, openInTab } from '../for-good.js';
import { ignoreRejection } from '../ignore-rejection.js';
import type { FirstName } from '../messages.js';
import { part } from '../part.js';
import type { Stage } from '../stage.js';
import { useBroadcasterState } from '../use-broadcaster-state.js';
import { BOOLEAN } from '../use-checked.js';
import { useHasPassed } from '../use-clock.js';
import { usePressGuard } from '../use-press-guard.js';

/** The props of `Broadcaster.PrimaryButton`. */
export interface PrimaryButtonProps extends ComponentPropsWithoutRef<'button'> {
  /** Asks once before it stops a broadcast that has been live for over a minute; default true. */
  readonly confirmStop?: boolean | undefined;
  /**
   * Starts the stream where there is none yet, and anew once the ingest has ended it; without it
   * that is left to the app.
   */
  readonly onStartAgain?: (() => void) | undefined;
  /**
   * Ends another source's broadcast on the stream, and resolves once there is an address to go live
   * at. Going live then follows by itself. Without it the server decides which of the two
   * continues.
   */
  readonly onTakeOver?: (() => unknown) | undefined;
  /** Whether the stream is being started, which the button then waits for; default false. */
  readonly isStarting?: boolean | undefined;
}

const CONFIRM_AFTER_MS = 60_000;

/** The question before a press does something that cannot be undone. */
const QUESTIONS = {
  live: { words: 'confirmStop', yes: 'confirmStopYes', no: 'confirmStopNo' },
  taken: { words: 'confirmTakeOver', yes: 'confirmTakeOverYes', no: 'confirmTakeOverNo' },
} as const satisfies Readonly<Partial<Record<Stage, Readonly<Record<string, FirstName>>>>>;

const selectHasTarget = ({ target }: BroadcasterState) => target.status === 'set';
const selectIsRunning = ({ stream }: BroadcasterState) => standingOf(stream.word) === 'running';
const selectHasCamera = (state: BroadcasterState) =>
  selectOutgoing(state).video.status !== 'excluded';
const selectHasMicrophone = (state: BroadcasterState) =>
  selectOutgoing(state).audio.status !== 'excluded';

/**
 * The one button that leads on from where the person stands; `data-state` is the stage, unstarted
 * where the stream has to be started first, or confirming while it stands for the answer that changes
 * nothing. A press counts once, and not within half a second after the button came to mean something else.
 */
export const PrimaryButton = part<HTMLButtonElement, PrimaryButtonProps>(
  'Broadcaster.PrimaryButton',
  { confirmStop: BOOLEAN, isStarting: BOOLEAN },
  function PrimaryButton(
    {
      confirmStop = true,
      onStartAgain,
      onTakeOver,
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
    const isRunning = useBroadcasterState(selectIsRunning);
    const hasCamera = useBroadcasterState(selectHasCamera);
    const hasMicrophone = useBroadcasterState(selectHasMicrophone);
    // With the width that the button had when it asked: the answer in its place is no narrower.
    const [asked, setAsked] = useState<Asked | null>(null);
    const isConfirming = asked !== null;
    // An end that came by itself leaves nothing to confirm.
    if (asked !== null && asked.stage !== stage) setAsked(null);
    const question = asked === null ? null : QUESTIONS[asked.stage];
    const { isTakingOver, takeOver } = useTakeOver(broadcaster, { stage, onTakeOver });
    const questionId = useId();
    const place = useRef<HTMLSpanElement>(null);
    useEffect(() => {
      // Safari does not focus what is clicked, and Escape must be heard.
      if (isConfirming) place.current?.querySelector<HTMLElement>('.wb-primary')?.focus();
    }, [isConfirming]);

    const { connection, camera, microphone } = useWhole();
    const liveSince = connection.status === 'live' ? connection.since : null;
    const isLong = useHasPassed(liveSince, CONFIRM_AFTER_MS);
    const vain = hopelessError(stage, { connection, camera, microphone });
    const isForTab = vain !== null && mayHelpInTab(vain);
    const needsTarget = stage === 'ready' || stage === 'failed';
    const needsStream = stage === 'expired' || (needsTarget && !hasTarget);
    const isUnstarted = needsStream && stage !== 'expired' && canStart(onStartAgain);
    const isBlocked =
      (needsStream && !canStart(onStartAgain)) ||
      (vain !== null && !isForTab) ||
      (stage === 'blank' && !hasCamera && !hasMicrophone);
    const isWaiting = stage === 'asking' || isTakingOver || (needsStream && isStarting);
    const ownLabel = isTakingOver ? 'takingOver' : labelOf(stage, hasCamera);
    // A pressed button keeps its label until its action is done, though the stream runs before.
    const [wasRunning, setWasRunning] = useState(isRunning);
    if (!isStarting && wasRunning !== isRunning) setWasRunning(isRunning);
    const startLabel = (isStarting ? wasRunning : isRunning) ? 'openStream' : 'startStream';
    const ordinary = isUnstarted && !isTakingOver ? startLabel : ownLabel;
    const label = question?.no ?? (isForTab ? 'openInTab' : ordinary);
    // "Try again" asks for devices in one stage and connects in another.
    const guard = usePressGuard(label === 'tryAgain' ? stage : label);

    const press = (event: MouseEvent<HTMLButtonElement>) => {
      if (isBlocked) return event.preventDefault();
      if (isConfirming) return setAsked(null);
      onClick?.(event);
      if (event.defaultPrevented || isWaiting) return;
      if (isForTab) return openInTab();
      if (stage === 'taken' || (stage === 'live' && confirmStop && isLong)) {
        setAsked({ stage, width: event.currentTarget.offsetWidth });
      } else if (needsStream) callBack(onStartAgain);
      else ignoreRejection(go(broadcaster, stage));
    };
    const stay = ({ key }: KeyboardEvent) => {
      if (isConfirming && key === 'Escape') setAsked(null);
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
        {question !== null && (
          <>
            <span id={questionId} className="wb-confirm-words" dir="auto">
              {messages[question.words]}
            </span>
            <button
              type="button"
              className="wb-button wb-stop-now"
              {...guard({
                onClick: () => {
                  if (stage !== 'taken') return ignoreRejection(broadcaster.stop());
                  setAsked(null);
                  takeOver();
                },
                onKeyDown: stay,
              })}
            >
              {messages[question.yes]}
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
          style={asked === null ? style : { ...style, minWidth: asked.width }}
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

const selectCamera = ({ camera }: BroadcasterState) => camera;
const selectMicrophone = ({ microphone }: BroadcasterState) => microphone;
const selectConnection = ({ connection }: BroadcasterState) => connection;

/** The slices that are not told by one word. */
function useWhole() {
  return {
    camera: useBroadcasterState(selectCamera),
    microphone: useBroadcasterState(selectMicrophone),
    connection: useBroadcasterState(selectConnection),
  };
}

interface Asked {
  readonly stage: keyof typeof QUESTIONS;
  readonly width: number;
}

/** Takes the stream over: where the app ends the other source, going live follows by itself. */
function useTakeOver(
  broadcaster: BroadcasterInstance,
  { stage, onTakeOver }: { readonly stage: Stage } & Pick<PrimaryButtonProps, 'onTakeOver'>,
) {
  const [phase, setPhase] = useState<'none' | 'ending' | 'ended'>('none');
  // The address of the stream that was started anew comes with the app's next render.
  const isFree = stage !== 'taken' && selectHasTarget(broadcaster.getSnapshot());
  useEffect(() => {
    if (phase !== 'ended' || !isFree) return;
    setPhase('none');
    ignoreRejection(broadcaster.start());
  }, [phase, isFree, broadcaster]);
  const takeOver = () => {
    if (typeof onTakeOver !== 'function')
      return ignoreRejection(broadcaster.start({ takeOver: true }));
    setPhase('ending');
    Promise.resolve()
      .then(onTakeOver)
      .then(
        () => setPhase('ended'),
        // The app says why, as it does of any start.
        () => setPhase('none'),
      );
  };
  return { isTakingOver: phase !== 'none', takeOver };
}

function canStart(onStartAgain: unknown): boolean {
  return typeof onStartAgain === 'function';
}

function labelOf(stage: Stage, hasCamera: boolean): FirstName {
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

function go(broadcaster: BroadcasterInstance, stage: Stage): Promise<void> {
  if (stage === 'blank' || stage === 'denied') return broadcaster.preview();
  return stage === 'ready' || stage === 'failed' ? broadcaster.start() : broadcaster.stop();
}
