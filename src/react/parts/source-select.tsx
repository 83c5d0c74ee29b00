import type { ComponentPropsWithoutRef } from 'react';
import { forwardRef, useCallback } from 'react';
import type { BroadcasterState, Device, DeviceKind } from '../../core/index.js';
import { classNames } from '../class-names.js';
import { useRoot } from '../context.js';
import { DATA_ATTRIBUTES } from '../data-attributes.js';
import { ChevronIcon } from '../icons.js';
import { useBroadcasterState } from '../use-broadcaster-state.js';

/** The props that both selects share. */
export interface SourceSelectProps extends ComponentPropsWithoutRef<'select'> {
  readonly kind: DeviceKind;
}

const NO_DEVICES: readonly Device[] = [];

/**
 * The common part of camera and microphone select: the browser's own list behind a chevron. Class
 * and style go to the visible box, all other props to the list.
 */
export const SourceSelect = forwardRef<HTMLSelectElement, SourceSelectProps>(function SourceSelect(
  { kind, className, style, onChange, disabled, ...props },
  ref,
) {
  const { broadcaster, messages } = useRoot(
    kind === 'camera' ? 'CameraSelect' : 'MicrophoneSelect',
  );
  const source = useBroadcasterState(useCallback((state: BroadcasterState) => state[kind], [kind]));
  const devices = useBroadcasterState(
    useCallback(({ devices }: BroadcasterState) => listOf(devices, kind), [kind]),
  );
  if (source.status === 'excluded') return null;
  const standsIn = source.status === 'on' && source.change === null && source.problem !== null;
  const shown = standsIn ? source.capture.deviceId : (source.deviceId ?? '');
  const isListed = devices.some(({ deviceId }) => deviceId === shown);
  // Show the device that stands in for the wanted one, so that the wanted one can be chosen again.
  const value = isListed || !standsIn ? shown : '';
  return (
    <span
      className={classNames('wb-select', className)}
      style={style}
      {...{ [DATA_ATTRIBUTES.state]: devices.length > 0 ? 'listed' : 'unlisted' }}
    >
      <ChevronIcon />
      <select
        aria-label={messages[kind === 'camera' ? 'chooseCamera' : 'chooseMicrophone']}
        {...props}
        ref={ref}
        value={value}
        disabled={disabled === true || devices.length === 0}
        onChange={(event) => {
          onChange?.(event);
          if (event.defaultPrevented) return;
          broadcaster.select(kind, event.currentTarget.value || null);
        }}
      >
        <option value="">{messages.browserDefault}</option>
        {devices.map((device) => (
          <option key={device.deviceId} value={device.deviceId}>
            {device.label}
          </option>
        ))}
        {value !== '' && !isListed && <option value={value}>{messages.missingDevice}</option>}
      </select>
    </span>
  );
});

function listOf(devices: BroadcasterState['devices'], kind: DeviceKind): readonly Device[] {
  if (devices.status === 'unlisted') return NO_DEVICES;
  return kind === 'camera' ? devices.cameras : devices.microphones;
}
