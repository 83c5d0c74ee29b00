import type { ComponentPropsWithoutRef, MouseEvent, ReactNode } from 'react';
import { forwardRef, useCallback } from 'react';
import type { BroadcasterState, DeviceKind } from '../../core/index.js';
import { classNames } from '../class-names.js';
import { useRoot } from '../context.js';
import { DATA_ATTRIBUTES } from '../data-attributes.js';
import { isForGood } from '../for-good.js';
import { ignoreRejection } from '../ignore-rejection.js';
import { useBroadcasterState } from '../use-broadcaster-state.js';
import { usePressGuard } from '../use-press-guard.js';

/** The props that both toggles share. */
export interface SourceToggleProps extends ComponentPropsWithoutRef<'button'> {
  readonly kind: DeviceKind;
  readonly children: ReactNode;
}

const NAMES = {
  camera: { on: 'hideCamera', muted: 'showCamera', failed: 'turnOnCamera' },
  microphone: { on: 'muteMicrophone', muted: 'unmuteMicrophone', failed: 'turnOnMicrophone' },
} as const;

/** The common part of camera and microphone toggle; a press on a failed source tries again. */
export const SourceToggle = forwardRef<HTMLButtonElement, SourceToggleProps>(function SourceToggle(
  { kind, children, className, onClick, onKeyDown, disabled, ...props },
  ref,
) {
  const { broadcaster, messages } = useRoot(
    kind === 'camera' ? 'CameraToggle' : 'MicrophoneToggle',
  );
  const source = useBroadcasterState(useCallback((state: BroadcasterState) => state[kind], [kind]));
  const isPaused = source.status === 'paused';
  const isAvailable =
    source.status === 'on' || isPaused || (source.status === 'failed' && !isForGood(source.error));
  const name = source.status === 'failed' ? 'failed' : source.muted ? 'muted' : 'on';
  const guard = usePressGuard(name);
  if (source.status === 'excluded') return null;
  const press = (event: MouseEvent<HTMLButtonElement>) => {
    onClick?.(event);
    if (event.defaultPrevented) return;
    if (source.status === 'failed') {
      // A muted one would be opened for nobody.
      if (source.muted) broadcaster.unmute(kind);
      ignoreRejection(broadcaster.preview());
    } else if (source.muted) broadcaster.unmute(kind);
    else broadcaster.mute(kind);
  };
  return (
    <button
      type="button"
      aria-label={messages[NAMES[kind][name]]}
      title={messages[NAMES[kind][name]]}
      {...props}
      {...{
        [DATA_ATTRIBUTES.state]:
          isPaused || (source.status === 'on' && source.muted) ? 'muted' : source.status,
      }}
      ref={ref}
      className={classNames('wb-button wb-toggle', className)}
      {...guard({ onClick: press, onKeyDown })}
      disabled={disabled === true || !isAvailable}
    >
      {children}
    </button>
  );
});
