import { aborted } from '../foundation/abort.js';
import { listen } from '../foundation/listen.js';
import { policyOn } from '../foundation/permissions-policy.js';
import type { PermissionEvent, Permissions } from './permission.js';
import type { DeviceKind } from './source.js';
import { DEVICE_KINDS, MEDIA_OF } from './source.js';

/** The context of watching permissions. */
export interface PermissionWatch {
  /** The permissions as they are known now. */
  known(): Permissions;
  dispatch(event: PermissionEvent): void;
}

/**
 * Reads the permissions now and whenever they may have changed, until `signal` aborts. Safari tells
 * of no change (WebKit 259432), so they are read again when the page is looked at, and when devices
 * come and go.
 */
export async function watchPermissions(
  { known, dispatch }: PermissionWatch,
  signal: AbortSignal,
): Promise<void> {
  const told: Partial<Record<DeviceKind, boolean>> = {};
  const read = async (kind: DeviceKind): Promise<PermissionEvent['permission'] | null> => {
    if (globalThis.isSecureContext === false || !navigator.mediaDevices?.getUserMedia) {
      return 'unsupported';
    }
    // Chromium says `granted` of what the page around forbids.
    if (policyOn(kind) === 'forbidden') return 'denied';
    try {
      // The permission names are in the specification, but not in every version of the DOM types.
      const status = await navigator.permissions.query({ name: kind as PermissionName });
      if (!told[kind] && 'addEventListener' in status) {
        told[kind] = true;
        listen(status, 'change', readAll, signal);
      }
      return status.state;
    } catch {
      return readFromNames(kind, known());
    }
  };
  // One after the other, so that the newest answer is the last one.
  let turn = Promise.resolve();
  const readAll = () => {
    turn = turn.then(async () => {
      for (const kind of DEVICE_KINDS) {
        const permission = await read(kind);
        if (signal.aborted) return;
        if (permission !== null) dispatch({ type: 'permission-read', kind, permission });
      }
    });
  };
  readAll();
  if (typeof window !== 'undefined') listen(window, 'focus', readAll, signal);
  if (typeof document !== 'undefined') listen(document, 'visibilitychange', readAll, signal);
  const { mediaDevices } = navigator;
  if (mediaDevices !== undefined) listen(mediaDevices, 'devicechange', readAll, signal);
  await aborted(signal);
}

/** Where no permission can be read, names do: browsers hide them from a page that has none. */
async function readFromNames(
  kind: DeviceKind,
  known: Permissions,
): Promise<PermissionEvent['permission'] | null> {
  try {
    const devices = await navigator.mediaDevices.enumerateDevices();
    const ofKind = devices.filter((device) => device.kind === `${MEDIA_OF[kind]}input`);
    if (ofKind.some(({ label }) => label !== '')) return 'granted';
  } catch {
    // No names then.
  }
  return known[kind] === 'granted' ? 'prompt' : null;
}
