import { BroadcastError } from '../errors.js';
import { isEmbedded, policyOn } from '../foundation/permissions-policy.js';
import type { SourceKind } from './source.js';
import { MEDIA_OF } from './source.js';

/**
 * Explains why a device could not be opened: each cause that the browser tells apart has its own
 * code. `isChosen` says that one certain device was requested.
 */
export async function deviceError(
  thrown: unknown,
  kind: SourceKind,
  { isChosen }: { readonly isChosen: boolean },
): Promise<BroadcastError> {
  const error = (code: BroadcastError['code'], message: string) =>
    new BroadcastError(code, message, { cause: thrown });
  const bySystem = () =>
    error(
      'permission-denied-by-system',
      `The system does not let this browser use the ${kind}. Allow the browser in the privacy settings of the computer or phone, then try again.`,
    );
  const { name, message } = Object(thrown) as {
    readonly name?: unknown;
    readonly message?: unknown;
  };
  // Chromium has no name of its own for it.
  if (/\bsystem\b/i.test(String(message))) return bySystem();
  switch (name) {
    case 'NotAllowedError':
    case 'SecurityError': {
      const permission = await permissionOf(kind);
      if (permission === 'granted') return bySystem();
      if (permission !== 'prompt' && policyOn(kind) === 'unknown' && isEmbedded()) {
        return policyForbids(kind, thrown);
      }
      return permission === 'prompt'
        ? error(
            'permission-dismissed',
            `The question for the ${kind} was closed without an answer. Ask again, and choose Allow.`,
          )
        : error(
            'permission-denied',
            `The browser may not use the ${kind}. Allow it in the site settings beside the address, then try again.`,
          );
    }
    case 'NotFoundError':
      if (isChosen) break;
      // Firefox finds none where the system hides them from it.
      return (await isListed(kind))
        ? bySystem()
        : error('device-not-found', `No ${kind} was found. Connect one, then try again.`);
    case 'NotReadableError':
    case 'AbortError':
    case 'InvalidStateError':
      return error(
        'device-in-use',
        `The ${kind} could not be started; another program may be using it, or the privacy settings of the system forbid it. Close that program, then try again.`,
      );
    case 'OverconstrainedError':
      break;
    default:
      return error(
        'unexpected',
        `The ${kind} could not be opened. Try again, or choose another one.`,
      );
  }
  return error(
    'constraints-not-met',
    `The chosen ${kind} is not connected, or cannot do what was asked of it. Connect it again, or choose another one.`,
  );
}

/** The permissions policy does not let this page use a source of this kind. */
export function policyForbids(kind: SourceKind, cause?: unknown): BroadcastError {
  const who = isEmbedded()
    ? `The page around this one does not let it use the ${kind}. That page has to name ${kind} in the allow attribute of the frame`
    : `The Permissions-Policy header of this page forbids the ${kind}. Its server has to allow it`;
  return new BroadcastError('permission-denied-by-policy', `${who}; then load this page again.`, {
    cause,
  });
}

/** Why the page is kept from all devices. */
export function pageIsUnable(): BroadcastError {
  if (globalThis.isSecureContext === false) {
    return new BroadcastError(
      'insecure-context',
      'Browsers give camera and microphone only to pages on https, or on localhost. Open this page over https.',
    );
  }
  return new BroadcastError(
    'unsupported',
    'This browser cannot open a camera or microphone. Use a current Chrome, Edge, Firefox or Safari.',
  );
}

/** The state of a permission; `unknown` where the browser does not say. */
export async function permissionOf(kind: SourceKind): Promise<PermissionState | 'unknown'> {
  try {
    // The permission names are in the specification, but not in every version of the DOM types.
    const { state } = await navigator.permissions.query({ name: kind as PermissionName });
    return state;
  } catch {
    return 'unknown';
  }
}

async function isListed(kind: SourceKind): Promise<boolean> {
  try {
    const devices = await navigator.mediaDevices.enumerateDevices();
    return devices.some((device) => device.kind === `${MEDIA_OF[kind]}input`);
  } catch {
    return false;
  }
}
