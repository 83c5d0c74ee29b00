'use client';

import type { ComponentPropsWithoutRef } from 'react';
import { useEffect } from 'react';
import { ignoreRejection } from './ignore-rejection.js';
import type { MessageOverrides } from './messages.js';
import { part } from './part.js';
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
  ScreenToggle,
  StatusPill,
} from './parts/index.js';
import type { UseBroadcasterOptions } from './use-broadcaster.js';
import { useBroadcaster } from './use-broadcaster.js';
import type { BroadcasterEvents } from './use-broadcaster-events.js';
import { useBroadcasterEvents } from './use-broadcaster-events.js';
import type { Kinds } from './use-checked.js';
import { ANYTHING, BOOLEAN, BROADCASTER, FUNCTION, OBJECT, TEXT } from './use-checked.js';
import { useLastingEffect } from './use-lasting-effect.js';

/** The attributes of the component's outermost element. */
type RootAttributes = Omit<
  ComponentPropsWithoutRef<'div'>,
  keyof UseBroadcasterOptions | keyof BroadcasterEvents | 'children' | 'dangerouslySetInnerHTML'
>;

/**
 * The props of `<WebRTCBroadcaster>`: the broadcaster's options, how it behaves on the page, and the
 * attributes and the `ref` of its outermost element.
 */
export interface WebRTCBroadcasterProps
  extends RootAttributes,
    UseBroadcasterOptions,
    BroadcasterEvents {
  /**
   * A broadcaster of the app's own, which the app also releases. The component then does not read
   * the broadcaster's options from these props.
   */
  readonly broadcaster?: ReturnType<typeof useBroadcaster> | undefined;
  /** Asks for camera and microphone at once instead of on a press; default false. */
  readonly autoPreview?: boolean | undefined;
  /** Asks once before it stops a broadcast that has been live for over a minute; default true. */
  readonly confirmStop?: boolean | undefined;
  /**
   * Starts the stream: shown as "Start stream" while there is no `serverUrl`, and as "Start again"
   * once the ingest has ended it.
   */
  readonly onStartAgain?: (() => void) | undefined;
  /**
   * Ends another source's broadcast on the stream, so that this page can go live in its place.
   * Called only after the person confirmed it.
   */
  readonly onTakeOver?: (() => unknown) | undefined;
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
}

/** The rules for props that the core does not check. */
const KINDS: Kinds<WebRTCBroadcasterProps> = {
  broadcaster: BROADCASTER,
  autoPreview: BOOLEAN,
  confirmStop: BOOLEAN,
  isStopped: BOOLEAN,
  isStarting: BOOLEAN,
  startProblem: TEXT,
  messages: OBJECT,
  onStartAgain: FUNCTION,
  onTakeOver: FUNCTION,
  onStatusChange: FUNCTION,
  onError: FUNCTION,
  onPeerConnection: ANYTHING,
};

/** One button and you are live: preview, countdown, controls and help, ready to ship. */
export const WebRTCBroadcaster = part<HTMLDivElement, WebRTCBroadcasterProps>(
  'WebRTCBroadcaster',
  KINDS,
  function WebRTCBroadcaster(
    {
      broadcaster: given,
      autoPreview = false,
      confirmStop,
      onStartAgain,
      onTakeOver,
      isStopped = false,
      isStarting,
      startProblem,
      messages,
      warnBeforeLeaving = true,
      onStatusChange,
      onError,
      ...rest
    },
    ref,
  ) {
    const { attributes, options } = splitProps(rest);
    // One that is made and never used does nothing.
    const own = useBroadcaster({ ...options, warnBeforeLeaving });
    const broadcaster = given ?? own;
    useBroadcasterEvents(broadcaster, { onStatusChange, onError });

    useLastingEffect(autoPreview, () => ignoreRejection(broadcaster.preview()), broadcaster);
    const hasUrl = typeof options.serverUrl === 'string' && options.serverUrl !== '';
    useLastingEffect(
      options.resumeOnReload === true && hasUrl,
      () => ignoreRejection(broadcaster.resume()),
      broadcaster,
    );

    useEffect(() => {
      if (isStopped) ignoreRejection(broadcaster.stop());
    }, [isStopped, broadcaster]);

    const starting = { canStart: typeof onStartAgain === 'function', isStarting, startProblem };
    return (
      <Root {...attributes} ref={ref} broadcaster={broadcaster} messages={messages}>
        <div className="wb-frame">
          <Preview>
            <StatusPill />
            <ClockPill />
          </Preview>
          <Notice {...starting} />
          <div className="wb-controls">
            <div className="wb-control">
              <MicrophoneToggle />
              <MicrophoneSelect />
            </div>
            <div className="wb-control">
              <CameraToggle />
              <CameraSelect />
            </div>
            <div className="wb-control">
              <ScreenToggle />
            </div>
            <PrimaryButton
              confirmStop={confirmStop}
              onStartAgain={onStartAgain}
              onTakeOver={onTakeOver}
              isStarting={isStarting}
            />
          </div>
          <HealthLine />
        </div>
        <Announcer {...starting} />
      </Root>
    );
  },
);

const ATTRIBUTE =
  /^(data-|aria-|on[A-Z]|(className|dir|draggable|hidden|id|inert|lang|nonce|part|popover|role|slot|spellCheck|style|suppressHydrationWarning|tabIndex|title|translate)$)/;

/**
 * Tells the attributes of the element from the options of the broadcaster by their names, so that a
 * misspelt option, which may be a key, is never written into the page.
 */
function splitProps(props: RootAttributes & UseBroadcasterOptions): {
  readonly attributes: RootAttributes;
  readonly options: UseBroadcasterOptions;
} {
  const attributes: Record<string, unknown> = {};
  const options: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(props)) {
    const isAttribute = name !== 'onPeerConnection' && ATTRIBUTE.test(name);
    (isAttribute ? attributes : options)[name] = value;
  }
  return { attributes, options };
}
