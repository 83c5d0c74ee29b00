import type { BroadcastError, BroadcastErrorCode } from '../errors.js';
import type { DeviceKind } from './source.js';
import { DEVICE_KINDS } from './source.js';

/** Whether the page may use a kind of device. */
export type Permission =
  /** The browser would ask. */
  | 'prompt'
  | 'granted'
  /** The person, the site's settings, or the page around this one said no. */
  | 'denied'
  /** The privacy settings of the computer or phone keep it from the browser. */
  | 'blocked-by-system'
  /** The browser has no such devices, or keeps them from an insecure page. */
  | 'unsupported';

/**
 * The permission for each kind, as far as it is known: read from the browser while somebody
 * subscribes, and learnt from each device that opens or fails to. `prompt` until then.
 */
export type Permissions = Readonly<Record<DeviceKind, Permission>>;

/** The permissions of a page that has asked for nothing. */
export const INITIAL_PERMISSIONS: Permissions = { camera: 'prompt', microphone: 'prompt' };

/** The browser's own word on a permission. */
export interface PermissionEvent {
  readonly type: 'permission-read';
  readonly kind: DeviceKind;
  readonly permission: Exclude<Permission, 'blocked-by-system'>;
}

/** Events that tell of a permission. */
type Telling =
  | PermissionEvent
  | { readonly type: 'source-opened'; readonly kind: string }
  | {
      readonly type: 'source-failed' | 'source-kept';
      readonly kind: string;
      readonly error: BroadcastError;
    };

const TOLD_BY: Readonly<Partial<Record<BroadcastErrorCode, Permission>>> = {
  'permission-denied': 'denied',
  'permission-denied-by-policy': 'denied',
  'permission-dismissed': 'prompt',
  'permission-denied-by-system': 'blocked-by-system',
  'insecure-context': 'unsupported',
  unsupported: 'unsupported',
};

/**
 * The permissions after `event`. `isOpen` tells whether a device of the event's kind is open: what
 * is open was granted, also where the browser would ask again for the next one.
 */
export function permissionsAfter(
  permissions: Permissions,
  event: Telling,
  isOpen: boolean,
): Permissions {
  const kind = DEVICE_KINDS.find((one) => one === event.kind);
  if (kind === undefined) return permissions;
  const before = permissions[kind];
  const now = toldBy(event, before, isOpen);
  return now === before ? permissions : { ...permissions, [kind]: now };
}

function toldBy(event: Telling, before: Permission, isOpen: boolean): Permission {
  if (event.type === 'source-opened') return 'granted';
  const isRead = event.type === 'permission-read';
  const told = isRead ? event.permission : (TOLD_BY[event.error.code] ?? before);
  if (told === 'prompt' && isOpen) return 'granted';
  // Browsers ask the system only when a device is opened.
  const isAboutSite = isRead && (told === 'prompt' || told === 'granted');
  return before === 'blocked-by-system' && isAboutSite ? before : told;
}
