'use client';

import type { ComponentPropsWithoutRef, MouseEvent } from 'react';
import type { BroadcasterState } from '../../core/index.js';
import { canShareScreen } from '../../core/index.js';
import { classNames } from '../class-names.js';
import { useRoot } from '../context.js';
import { DATA_ATTRIBUTES } from '../data-attributes.js';
import { ScreenIcon } from '../icons.js';
import { ignoreRejection } from '../ignore-rejection.js';
import { part } from '../part.js';
import { useBroadcasterState } from '../use-broadcaster-state.js';
import { useHydrated } from '../use-hydrated.js';
import { usePressGuard } from '../use-press-guard.js';

/** The props of `Broadcaster.ScreenToggle`. */
export type ScreenToggleProps = ComponentPropsWithoutRef<'button'>;

const selectStatus = ({ screen }: BroadcasterState) => screen.status;

/**
 * Shares a screen, a window or a tab in place of the camera, and stops sharing; `data-state` is off,
 * opening, on or failed. There is none where the browser can share none, as on phones.
 */
export const ScreenToggle = part<HTMLButtonElement, ScreenToggleProps>(
  'Broadcaster.ScreenToggle',
  {},
  function ScreenToggle({ children, className, onClick, onKeyDown, disabled, ...props }, ref) {
    const { broadcaster, messages } = useRoot('ScreenToggle');
    const status = useBroadcasterState(selectStatus);
    const isShared = status === 'on';
    const words = messages[isShared ? 'stopSharing' : 'shareScreen'];
    const guard = usePressGuard(words);
    // A server that renders the page knows of no browser.
    if (!useHydrated() || !canShareScreen() || status === 'excluded') return null;
    const press = (event: MouseEvent<HTMLButtonElement>) => {
      onClick?.(event);
      if (event.defaultPrevented) return;
      // The notice says why nothing is shared.
      if (isShared) broadcaster.stopSharing();
      else ignoreRejection(broadcaster.shareScreen());
    };
    return (
      <button
        type="button"
        aria-label={words}
        title={words}
        {...props}
        {...{ [DATA_ATTRIBUTES.state]: status }}
        ref={ref}
        className={classNames('wb-button wb-toggle', className)}
        {...guard({ onClick: press, onKeyDown })}
        disabled={disabled === true || status === 'opening'}
      >
        {children ?? <ScreenIcon shared={isShared} />}
      </button>
    );
  },
);
