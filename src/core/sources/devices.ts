import { aborted } from '../foundation/abort.js';
import { listen } from '../foundation/listen.js';
import { permissionOf } from './device-error.js';
import type { Device, DeviceKind, Devices, SourceEvent } from './source.js';
import { MEDIA_OF } from './source.js';

/** Lists the devices now and whenever they change, until `signal` aborts. */
export async function watchDevices(
  dispatch: (event: SourceEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const { mediaDevices } = navigator;
  const list = async () => {
    const devices = await mediaDevices.enumerateDevices();
    const [cameras, microphones] = await Promise.all([
      devicesOf('camera', devices),
      devicesOf('microphone', devices),
    ]);
    if (!signal.aborted) dispatch({ type: 'devices-listed', cameras, microphones });
  };
  // One after the other, so that the newest list is the last one.
  let listed = Promise.resolve();
  const listAgain = () => {
    // A browser that refuses to list its devices leaves the choice to its own dialogue.
    listed = listed.then(list).catch(() => {});
  };
  listAgain();
  listen(mediaDevices, 'devicechange', listAgain, signal);
  await aborted(signal);
}

/** Chromium's names for what the system uses unless told otherwise; no devices of their own. */
function isAlias(deviceId: string): boolean {
  return deviceId === 'default' || deviceId === 'communications';
}

/** The devices of one kind, each once, as the browser names them; a nameless id cannot be chosen. */
async function devicesOf(
  kind: DeviceKind,
  all: readonly MediaDeviceInfo[],
): Promise<readonly Device[]> {
  const ofKind = all.filter((device) => device.kind === `${MEDIA_OF[kind]}input`);
  const ids = new Set(['']);
  const devices = ofKind.filter(({ deviceId }) => {
    const isNew = !isAlias(deviceId) && !ids.has(deviceId);
    ids.add(deviceId);
    return isNew;
  });
  // Where the browser asks for each opening, its user may have chosen another one in its dialogue.
  const isKnown = (await permissionOf(kind)) !== 'prompt';
  const first = isKnown ? defaultOf(ofKind, devices) : undefined;
  return devices.map((device) => {
    const { deviceId, label } = device;
    return device === first ? { deviceId, label, isDefault: true } : { deviceId, label };
  });
}

/**
 * The device behind the system's default: in Chromium the named one, elsewhere the first in the
 * list.
 */
function defaultOf(
  ofKind: readonly MediaDeviceInfo[],
  devices: readonly MediaDeviceInfo[],
): MediaDeviceInfo | undefined {
  const alias = ofKind.find(({ deviceId }) => deviceId === 'default');
  if (alias === undefined) return devices[0];
  const inGroup = devices.filter(({ groupId }) => groupId !== '' && groupId === alias.groupId);
  const isNamed = ({ label }: MediaDeviceInfo) => label !== '' && alias.label.endsWith(label);
  return inGroup.find(isNamed) ?? inGroup[0] ?? devices.find(isNamed);
}

/** A label as people know the device: without the numbers of its maker, and the browser's prefix. */
export function friendlyLabel(label: string, deviceId: string): string {
  const own = isAlias(deviceId) ? label.replace(/^.*? - /, '') : label;
  return own.replace(/\s*\([\da-f]{4}:[\da-f]{4}\)\s*$/i, '');
}

/**
 * The list with labels that are never empty and never twice the same. A device that was listed
 * before keeps its label while others come and go.
 */
export function toldApart(
  { cameras, microphones }: Listed,
  before: Devices,
): Extract<Devices, { status: 'listed' }> {
  const known = before.status === 'listed' ? before : { cameras: [], microphones: [] };
  return {
    status: 'listed',
    cameras: labelled('Camera', cameras, known.cameras),
    microphones: labelled('Microphone', microphones, known.microphones),
  };
}

function labelled(
  name: string,
  devices: readonly Device[],
  known: readonly Device[],
): readonly Device[] {
  const own = devices.map(({ deviceId, label }) => friendlyLabel(label, deviceId));
  const kept = devices.map((device, at) => {
    const label = known.find(({ deviceId }) => deviceId === device.deviceId)?.label;
    return label === own[at] || label?.replace(/ \d+$/, '') === (own[at] || name) ? label : null;
  });
  const taken = new Set<string | null | undefined>(['', ...kept]);
  return devices.map((device, at) => {
    let label = kept[at] ?? own[at] ?? '';
    for (let count = label === '' ? 1 : 2; kept[at] == null && taken.has(label); count += 1) {
      label = `${own[at] || name} ${count}`;
    }
    taken.add(label);
    return { ...device, label };
  });
}

type Listed = Pick<Extract<Devices, { status: 'listed' }>, 'cameras' | 'microphones'>;
