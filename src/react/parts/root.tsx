'use client';

import type { ComponentPropsWithoutRef } from 'react';
import { useContext, useEffect, useId, useImperativeHandle, useMemo, useRef } from 'react';
import type {
  BroadcasterInstance,
  BroadcasterOptions,
  BroadcasterState,
} from '../../core/index.js';
import { classNames } from '../class-names.js';
import { RootContext, StageContext } from '../context.js';
import { DATA_ATTRIBUTES } from '../data-attributes.js';
import { IngestClockProvider } from '../ingest-clock-provider.js';
import type { MessageOverrides } from '../messages.js';
import { part } from '../part.js';
import { useBroadcaster } from '../use-broadcaster.js';
import { useBroadcasterState } from '../use-broadcaster-state.js';
import { BROADCASTER, OBJECT, useComplaints } from '../use-checked.js';
import { useFocusKeeper } from '../use-focus-keeper.js';
import { loadOnceShown, useOnceShown } from '../use-once-shown.js';
import { FIRST_WORDS } from '../words/first-words.js';
import { withOverrides } from '../words/with-overrides.js';

/** The props of `Broadcaster.Root`. */
export interface RootProps extends ComponentPropsWithoutRef<'div'> {
  /** The broadcaster that all parts inside show and steer; without it the root makes its own. */
  readonly broadcaster?: BroadcasterInstance | undefined;
  /**
   * The options of the root's own broadcaster, as `useBroadcaster` takes them; not read where one
   * is given. A server component, which can hand over no broadcaster, writes these.
   */
  readonly options?: BroadcasterOptions | undefined;
  /** Strings in place of the English ones. */
  readonly messages?: MessageOverrides | undefined;
}

/** The frame of the parts; `data-status` is the connection's status, `data-stage` the stage. */
export const Root = part<HTMLDivElement, RootProps>(
  'Broadcaster.Root',
  { broadcaster: BROADCASTER, options: OBJECT, messages: OBJECT },
  function Root({ broadcaster, options, ...props }, ref) {
    return broadcaster ? (
      <Provided {...props} broadcaster={broadcaster} forwardedRef={ref} />
    ) : (
      <Owned {...props} options={options} forwardedRef={ref} />
    );
  },
);

interface ProvidedProps extends Omit<RootProps, 'broadcaster' | 'options'> {
  readonly broadcaster: BroadcasterInstance;
  readonly forwardedRef: React.ForwardedRef<HTMLDivElement>;
}

function Owned({
  options,
  ...props
}: Omit<ProvidedProps, 'broadcaster'> & Pick<RootProps, 'options'>) {
  return <Provided {...props} broadcaster={useBroadcaster(options)} />;
}

function Provided({ broadcaster, messages, ...props }: ProvidedProps) {
  const noticeId = useId();
  const onceShown = useOnceShown();
  const value = useMemo(
    () => ({
      broadcaster,
      overrides: messages,
      messages: withOverrides(FIRST_WORDS, messages),
      notices: onceShown === null ? null : withOverrides(onceShown.WORDS, messages),
      noticeId,
    }),
    [broadcaster, messages, noticeId, onceShown],
  );
  useComplaints(useMemo(() => onceShown?.wrongMessages(messages) ?? '', [messages, onceShown]));
  return (
    <RootContext.Provider value={value}>
      <IngestClockProvider>
        <Frame {...props} />
      </IngestClockProvider>
    </RootContext.Provider>
  );
}

const selectStatus = ({ connection }: BroadcasterState) => connection.status;

function Frame({
  forwardedRef,
  className,
  ...props
}: ComponentPropsWithoutRef<'div'> & {
  readonly forwardedRef: React.ForwardedRef<HTMLDivElement>;
}) {
  const bounds = useRef<HTMLDivElement>(null);
  useImperativeHandle<HTMLDivElement | null, HTMLDivElement | null>(
    forwardedRef,
    () => bounds.current,
  );
  useFocusKeeper(bounds, '.wb-primary');
  const status = useBroadcasterState(selectStatus);
  const stage = useContext(StageContext);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a failed load is tried again with each stage.
  useEffect(() => void loadOnceShown(), [stage]);
  const data = { [DATA_ATTRIBUTES.status]: status, [DATA_ATTRIBUTES.stage]: stage };
  return <div {...props} {...data} ref={bounds} className={classNames('wb-root', className)} />;
}
