'use client';

import type { ComponentPropsWithoutRef } from 'react';
import type { BroadcasterInstance, DeviceKind } from '../../core/index.js';
import { classNames } from '../class-names.js';
import { useRoot, useStage } from '../context.js';
import { DATA_ATTRIBUTES } from '../data-attributes.js';
import { openInTab } from '../for-good.js';
import { ignoreRejection } from '../ignore-rejection.js';
import type { NoticeAction } from '../notice-view.js';
import { part } from '../part.js';
import { useSecondsSince } from '../use-clock.js';
import type { StartProps } from '../use-notice.js';
import { START_KINDS, useNotice } from '../use-notice.js';
import { usePressGuard } from '../use-press-guard.js';
import { fill } from '../words/fill.js';

/** The props of `Broadcaster.Notice`. */
export interface NoticeProps extends ComponentPropsWithoutRef<'div'>, StartProps {}

/** The notice for the person: the event, its meaning, one action. `data-state` is the stage. */
export const Notice = part<HTMLDivElement, NoticeProps>(
  'Broadcaster.Notice',
  START_KINDS,
  function Notice({ canStart, isStarting, startProblem, className, ...props }, ref) {
    const { broadcaster, messages, noticeId } = useRoot('Notice');
    const stage = useStage();
    const content = useNotice({ canStart, isStarting, startProblem });
    const guard = usePressGuard(content?.action?.type ?? '');
    if (content === null) return null;
    const { tone, title, body, action, error, nextTryAt } = content;
    const data = { [DATA_ATTRIBUTES.state]: stage, [DATA_ATTRIBUTES.tone]: tone };
    return (
      <div {...props} {...data} ref={ref} className={classNames('wb-notice', className)}>
        <div id={noticeId} className="wb-notice-words">
          <p className="wb-notice-title" dir="auto">
            {title}
          </p>
          <p className="wb-notice-body" dir="auto">
            {body}
            {nextTryAt !== null && <NextTry at={nextTryAt} />}
          </p>
          {error !== null && (
            <details className="wb-details">
              <summary>{messages.details}</summary>
              <p dir="auto">
                {error.message} <code dir="ltr">{error.code}</code>
              </p>
            </details>
          )}
        </div>
        {action !== null && (
          <button
            type="button"
            className="wb-button wb-notice-action"
            {...guard({ onClick: () => act(broadcaster, action.type) })}
          >
            {action.label}
          </button>
        )}
      </div>
    );
  },
);

/** Counts down by itself, so that the notice need not render each second. */
function NextTry({ at }: { readonly at: number }) {
  const { messages } = useRoot('Notice');
  const since = useSecondsSince(at);
  if (since === null) return null;
  return <span> {fill(messages.nextTry, { seconds: Math.max(0, -since) })}</span>;
}

function act(broadcaster: BroadcasterInstance, action: NoticeAction): void {
  if (action === 'retry-now') broadcaster.retryNow();
  else if (action === 'open-tab') openInTab();
  else if (action === 'keep-camera') keepOpen(broadcaster, 'camera');
  else if (action === 'keep-microphone') keepOpen(broadcaster, 'microphone');
  else if (action === 'unmute-microphone') broadcaster.unmute('microphone');
  else ignoreRejection(action === 'preview' ? broadcaster.preview() : broadcaster.start());
}

function keepOpen(broadcaster: BroadcasterInstance, kind: DeviceKind): void {
  const source = broadcaster.getSnapshot()[kind];
  if (source.status === 'on') broadcaster.select(kind, source.capture.deviceId);
}
