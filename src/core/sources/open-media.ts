import { BroadcastError } from '../errors.js';
import { abortable } from '../foundation/time.js';
import type { SourceKind } from './source.js';

/** One source that is wanted, as the constraints to open it with. */
export interface MediaWish {
  readonly kind: SourceKind;
  readonly constraints: MediaTrackConstraints;
  readonly signal: AbortSignal;
}

interface Pending extends MediaWish {
  resolve(track: MediaStreamTrack): void;
  reject(thrown: unknown): void;
}

/**
 * Opens cameras and microphones. Wishes of the same moment become one `getUserMedia`, so that the
 * user is asked once; if that fails, each is tried alone, so that a missing camera does not cost
 * the microphone. A track that arrives after its signal aborted is stopped.
 */
export function createMediaOpener(): (wish: MediaWish) => Promise<MediaStreamTrack> {
  let pending: Pending[] = [];
  const flush = () => {
    const wishes = pending.filter(({ signal }) => !signal.aborted);
    pending = [];
    void openTogether(wishes);
  };
  return (wish) => {
    const track = new Promise<MediaStreamTrack>((resolve, reject) => {
      if (pending.length === 0) setTimeout(flush);
      pending.push({ ...wish, resolve, reject });
    });
    return abortable(track, wish.signal);
  };
}

async function openTogether(wishes: readonly Pending[]): Promise<void> {
  const [first, second] = wishes;
  if (first === undefined) return;
  try {
    deliver(wishes, await getUserMedia(wishes));
  } catch (thrown) {
    // A refusal is an answer for both; asking again one by one would only prompt again.
    if (second === undefined || (await isRefusalOfAll(thrown, wishes))) {
      for (const wish of wishes) wish.reject(await deviceError(thrown, wish.kind));
      return;
    }
    for (const wish of wishes) await openTogether([wish]);
  }
}

function getUserMedia(wishes: readonly Pending[]): Promise<MediaStream> {
  if (globalThis.isSecureContext === false) {
    throw new BroadcastError(
      'insecure-context',
      'Browsers give camera and microphone only to pages on https, or on localhost. Open this page over https.',
    );
  }
  if (globalThis.navigator?.mediaDevices?.getUserMedia === undefined) {
    throw new BroadcastError(
      'unsupported',
      'This browser cannot open a camera or microphone. Use a current Chrome, Edge, Firefox or Safari.',
    );
  }
  const constraintsOf = (kind: SourceKind) =>
    wishes.find((wish) => wish.kind === kind)?.constraints ?? false;
  return navigator.mediaDevices.getUserMedia({
    video: constraintsOf('camera'),
    audio: constraintsOf('microphone'),
  });
}

function deliver(wishes: readonly Pending[], stream: MediaStream): void {
  for (const { kind, signal, resolve } of wishes) {
    const [track] = kind === 'camera' ? stream.getVideoTracks() : stream.getAudioTracks();
    if (track === undefined) continue;
    if (signal.aborted) track.stop();
    else resolve(track);
  }
}

async function isRefusalOfAll(thrown: unknown, wishes: readonly Pending[]): Promise<boolean> {
  if (thrown instanceof BroadcastError) return true;
  if (nameOf(thrown) !== 'NotAllowedError') return false;
  for (const { kind } of wishes) if ((await permissionOf(kind)) === 'granted') return false;
  return true;
}

async function deviceError(thrown: unknown, kind: SourceKind): Promise<BroadcastError> {
  if (thrown instanceof BroadcastError) return thrown;
  const error = (code: BroadcastError['code'], message: string) =>
    new BroadcastError(code, message, { cause: thrown });
  switch (nameOf(thrown)) {
    case 'NotAllowedError':
    case 'SecurityError':
      return (await permissionOf(kind)) === 'prompt'
        ? error(
            'permission-dismissed',
            `The question for the ${kind} was closed without an answer. Ask again, and choose Allow.`,
          )
        : error(
            'permission-denied',
            `The browser may not use the ${kind}. Allow it in the site settings beside the address, then try again.`,
          );
    case 'NotFoundError':
      return error('device-not-found', `No ${kind} was found. Connect one, then try again.`);
    case 'NotReadableError':
    case 'AbortError':
      return error(
        'device-in-use',
        `The ${kind} could not be started; another program may be using it. Close that program, then try again.`,
      );
    case 'OverconstrainedError':
      return error(
        'constraints-not-met',
        `The chosen ${kind} cannot do what was asked of it. Choose another one.`,
      );
    default:
      return error(
        'unexpected',
        `The ${kind} could not be opened. Try again, or choose another one.`,
      );
  }
}

/** What the browser says of a permission; `unknown` where it does not say. */
async function permissionOf(kind: SourceKind): Promise<PermissionState | 'unknown'> {
  try {
    // The permission names are in the specification, but not in every version of the DOM types.
    const { state } = await navigator.permissions.query({ name: kind as PermissionName });
    return state;
  } catch {
    return 'unknown';
  }
}

function nameOf(thrown: unknown): string {
  return thrown instanceof Error || thrown instanceof DOMException ? thrown.name : '';
}
