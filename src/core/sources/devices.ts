import { aborted } from '../foundation/abort.js';
import { listen } from '../foundation/listen.js';
import { permissionOf } from './device-error.js';
import { friendlyLabel, isAlias } from './friendly-label.js';
import type { Device, Devices, Facing, ListedDevices, SourceEvent } from './source.js';

/** The context of listing the devices. */
export interface DeviceWatch {
  /** The list of before, whose labels are kept. */
  listed(): Devices;
  /** Whether a device that was replaced is taken back when it is there again. */
  isReturnWanted(): boolean;
  dispatch(event: SourceEvent): void;
}

/** Lists the devices now and whenever they change, until `signal` aborts. */
export async function watchDevices(
  { listed: before, isReturnWanted, dispatch }: DeviceWatch,
  signal: AbortSignal,
): Promise<void> {
  const { mediaDevices } = navigator;
  const list = async () => {
    const devices = await mediaDevices.enumerateDevices();
    const [cameras, microphones, speakers] = await Promise.all([
      devicesOf('videoinput', devices),
      devicesOf('audioinput', devices),
      devicesOf('audiooutput', devices),
    ]);
    if (signal.aborted) return;
    const lists = toldApart({ cameras, microphones, speakers }, before());
    dispatch({ type: 'devices-listed', isReturnWanted: isReturnWanted(), ...lists });
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

/** The devices of one kind, each once, as the browser names them; a nameless id cannot be chosen. */
async function devicesOf(
  kind: MediaDeviceKind,
  all: readonly MediaDeviceInfo[],
): Promise<readonly Device[]> {
  const named = all.filter((device) => device.kind === kind);
  const heard = named.filter(({ label }) => !EARPIECE.test(label));
  // A list that is empty would leave no choice at all.
  const ofKind = kind === 'audioinput' && heard.length > 0 ? heard : named;
  const ids = new Set(['']);
  const devices = ofKind.filter(({ deviceId }) => {
    const isNew = !isAlias(deviceId) && !ids.has(deviceId);
    ids.add(deviceId);
    return isNew;
  });
  // Where the browser asks for each opening, its user may have chosen another one in its dialogue.
  const permission = PERMISSION_FOR[kind];
  const isKnown = permission === null || (await permissionOf(permission)) !== 'prompt';
  const first = isKnown ? defaultOf(ofKind, devices) : undefined;
  return devices.map((device) => {
    const { deviceId, label } = device;
    const facing = kind === 'videoinput' ? facingOf(device) : null;
    return {
      deviceId,
      label,
      ...(device === first ? { isDefault: true as const } : {}),
      ...(facing === null ? {} : { facing }),
    };
  });
}

const PERMISSION_FOR = {
  videoinput: 'camera',
  audioinput: 'microphone',
  audiooutput: null,
} as const;

/** Android lists the part of a phone that is held to the ear as a microphone, which records nothing. */
const EARPIECE = /^headset earpiece$/i;

/** Which way a camera faces, by its capabilities, or else by its name on phones. */
function facingOf(device: MediaDeviceInfo & Partial<InputDeviceInfo>): Facing | null {
  const told = capabilitiesOf(device).facingMode?.[0];
  if (told === 'user' || told === 'environment') return told;
  const { label } = device;
  if (/\bfront\b/i.test(label)) return 'user';
  return /\b(back|rear)\b/i.test(label) ? 'environment' : null;
}

function capabilitiesOf(device: Partial<InputDeviceInfo>): MediaTrackCapabilities {
  try {
    return device.getCapabilities?.() ?? {};
  } catch {
    return {};
  }
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

/**
 * The list with labels that are never empty and never twice the same. A device that was listed
 * before keeps its label while others come and go.
 */
export function toldApart(
  { cameras, microphones, speakers }: ListedDevices,
  before: Devices,
): ListedDevices {
  const known = before.status === 'listed' ? before : null;
  return {
    cameras: labelled('Camera', cameras, known?.cameras),
    microphones: labelled('Microphone', microphones, known?.microphones),
    speakers: labelled('Speaker', speakers, known?.speakers),
  };
}

function labelled(
  name: string,
  devices: readonly Device[],
  known: readonly Device[] = [],
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
