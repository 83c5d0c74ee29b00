import { BroadcastError } from '../errors.js';
import { isEmbedded, policyOn } from '../foundation/permissions-policy.js';

/** The name of the permission, and of the feature in a permissions policy (W3C Screen Capture, section 7). */
const FEATURE = 'display-capture';

/** Explains why no screen is shared: each cause that the browser tells apart has its own code. */
export async function screenError(thrown: unknown): Promise<BroadcastError> {
  const error = (code: BroadcastError['code'], message: string) =>
    new BroadcastError(code, message, { cause: thrown });
  const { isSecureContext, navigator } = globalThis;
  if (isSecureContext === false) {
    return error(
      'insecure-context',
      'Browsers share a screen only with pages on https, or on localhost. Open this page over https.',
    );
  }
  if (navigator?.mediaDevices?.getDisplayMedia === undefined) {
    return error(
      'unsupported',
      'This browser cannot share a screen, as no browser on a phone can. Use a current Chrome, Edge, Firefox or Safari on a computer.',
    );
  }
  if (policyOn(FEATURE) === 'forbidden') return policyForbids(thrown);
  const { name, message } = Object(thrown) as {
    readonly name?: unknown;
    readonly message?: unknown;
  };
  switch (name) {
    case 'NotAllowedError':
    case 'SecurityError':
      if (/\bsystem\b/i.test(String(message))) return deniedBySystem(thrown);
      if (/polic(y|ies)/i.test(String(message))) return policyForbids(thrown);
      return (await isDenied())
        ? error(
            'permission-denied',
            'The browser may not share a screen with this page. Allow it in the site settings beside the address, then try again.',
          )
        : error(
            'permission-dismissed',
            'Nothing is shared: the browser’s dialogue was closed without a choice. Share again, and choose a screen, a window or a tab.',
          );
    case 'InvalidStateError':
    case 'InvalidAccessError':
      return error(
        'permission-denied',
        'Browsers share a screen only right after a press, in the window that is in front. Press the button again; an app calls shareScreen() in its handler of a click.',
      );
    case 'NotFoundError':
      return error(
        'device-not-found',
        'There is no screen, window or tab to share. Where there should be, allow the browser to record the screen in the privacy settings of the system.',
      );
    case 'NotReadableError':
    case 'AbortError':
      return error(
        'device-in-use',
        'The screen could not be shared: the system does not let the browser read it now. Try again, or choose another window or tab.',
      );
    case 'OverconstrainedError':
    case 'TypeError':
      return error(
        'constraints-not-met',
        'The browser cannot share a screen in the way that was asked for. Ask for less in the options of the screen.',
      );
    default:
      return error(
        'unexpected',
        'The screen could not be shared. Try again, or choose another one.',
      );
  }
}

function policyForbids(cause: unknown): BroadcastError {
  const who = isEmbedded()
    ? `The page around this one does not let it share a screen. That page has to name ${FEATURE} in the allow attribute of the frame`
    : `The Permissions-Policy header of this page forbids sharing a screen. Its server has to allow ${FEATURE}`;
  return new BroadcastError('permission-denied-by-policy', `${who}; then load this page again.`, {
    cause,
  });
}

function deniedBySystem(cause: unknown): BroadcastError {
  return new BroadcastError(
    'permission-denied-by-system',
    'The system does not let this browser record the screen. Allow the browser in the privacy settings of the computer, then try again.',
    { cause },
  );
}

async function isDenied(): Promise<boolean> {
  try {
    const { state } = await navigator.permissions.query({ name: FEATURE as PermissionName });
    return state === 'denied';
  } catch {
    return false;
  }
}
