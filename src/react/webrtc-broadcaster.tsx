'use client';

import { useEffect } from 'react';
import type { MessageOverrides } from './messages.js';
import {
  Announcer,
  CameraSelect,
  CameraToggle,
  ClockPill,
  HealthLine,
  MicrophoneSelect,
  MicrophoneToggle,
  Notice,
  Preview,
  PrimaryButton,
  Root,
  StatusPill,
} from './parts/index.js';
import { settle } from './settle.js';
import type { UseBroadcasterOptions } from './use-broadcaster.js';
import { useBroadcaster } from './use-broadcaster.js';
import type { BroadcasterEvents } from './use-broadcaster-events.js';
import { useBroadcasterEvents } from './use-broadcaster-events.js';
import { useLastingEffect } from './use-lasting-effect.js';

/** The props of `<WebRTCBroadcaster>`: the broadcaster's options, and how it behaves on the page. */
export interface WebRTCBroadcasterProps extends UseBroadcasterOptions, BroadcasterEvents {
  /**
   * A broadcaster of the app's own, which it also releases; the broadcaster's options are then not
   * read from these props.
   */
  readonly broadcaster?: ReturnType<typeof useBroadcaster> | undefined;
  /** Asks for camera and microphone at once instead of on a press; default false. */
  readonly autoPreview?: boolean | undefined;
  /** Asks once before stopping what has been live for over a minute; default true. */
  readonly confirmStop?: boolean | undefined;
  /**
   * Starts the stream: shown as "Start stream" while there is no `serverUrl`, and as "Start again"
   * once the ingest has ended it.
   */
  readonly onStartAgain?: (() => void) | undefined;
  /** Whether the app has stopped the stream, which ends a broadcast to it at once; default false. */
  readonly isStopped?: boolean | undefined;
  /** Whether the stream is being started; default false. */
  readonly isStarting?: boolean | undefined;
  /** Why the stream could not be started, in words for people; shown in the notice. */
  readonly startProblem?: string | null | undefined;
  /** Lets the browser ask before the page is left while live; default true. */
  readonly warnBeforeLeaving?: boolean | undefined;
  /** Strings in place of the English ones. */
  readonly messages?: MessageOverrides | undefined;
  readonly className?: string | undefined;
}

/** One button and you are live: preview, countdown, controls and help, ready to ship. */
export function WebRTCBroadcaster({
  broadcaster: given,
  autoPreview = false,
  confirmStop,
  onStartAgain,
  isStopped = false,
  isStarting,
  startProblem,
  messages,
  warnBeforeLeaving = true,
  className,
  onStatusChange,
  onError,
  ...options
}: WebRTCBroadcasterProps) {
  // One that is made and never used does nothing.
  const own = useBroadcaster({ ...options, warnBeforeLeaving });
  const broadcaster = given ?? own;
  useBroadcasterEvents(broadcaster, { onStatusChange, onError });

  useLastingEffect(autoPreview, () => settle(broadcaster.preview()), broadcaster);
  const hasUrl = typeof options.serverUrl === 'string' && options.serverUrl !== '';
  useLastingEffect(
    options.resumeOnReload === true && hasUrl,
    () => settle(broadcaster.resume()),
    broadcaster,
  );

  useEffect(() => {
    if (isStopped) settle(broadcaster.stop());
  }, [isStopped, broadcaster]);

  return (
    <Root broadcaster={broadcaster} messages={messages} className={className}>
      <Preview>
        <StatusPill />
        <ClockPill />
      </Preview>
      <Notice
        canStart={typeof onStartAgain === 'function'}
        isStarting={isStarting}
        startProblem={startProblem}
      />
      <div className="wb-controls">
        <div className="wb-control">
          <MicrophoneToggle />
          <MicrophoneSelect />
        </div>
        <div className="wb-control">
          <CameraToggle />
          <CameraSelect />
        </div>
        <PrimaryButton
          confirmStop={confirmStop}
          onStartAgain={onStartAgain}
          isStarting={isStarting}
        />
      </div>
      <HealthLine />
      <Announcer />
    </Root>
  );
}
