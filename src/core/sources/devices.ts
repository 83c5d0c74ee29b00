import { aborted } from '../foundation/abort.js';
import { listen } from '../foundation/listen.js';
import type { Device, SourceHappening } from './source.js';

/** Lists the devices now and whenever they change, until `signal` aborts. */
export async function watchDevices(
  dispatch: (happening: SourceHappening) => void,
  signal: AbortSignal,
): Promise<void> {
  const { mediaDevices } = navigator;
  const list = async () => {
    const devices = await mediaDevices.enumerateDevices();
    if (signal.aborted) return;
    dispatch({
      type: 'devices-listed',
      cameras: named(devices, 'videoinput', 'Camera'),
      microphones: named(devices, 'audioinput', 'Microphone'),
    });
  };
  // A browser that refuses to list its devices leaves the choice to its own dialogue.
  const listQuietly = () => list().catch(() => {});
  listen(mediaDevices, 'devicechange', listQuietly, signal);
  await listQuietly();
  await aborted(signal);
}

/** Devices of one kind, with a name even where the browser hides it; a nameless id cannot be chosen. */
function named(
  devices: readonly MediaDeviceInfo[],
  kind: MediaDeviceKind,
  name: string,
): readonly Device[] {
  return devices
    .filter((device) => device.kind === kind && device.deviceId !== '')
    .map(({ deviceId, label }, index) => ({ deviceId, label: label || `${name} ${index + 1}` }));
}
