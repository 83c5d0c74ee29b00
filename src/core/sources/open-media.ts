import { type BroadcastError, familyOf, toBroadcastError } from '../errors.js';
import { policyOn } from '../foundation/permissions-policy.js';
import { abortable, sleep } from '../foundation/time.js';
import type * as DeviceErrors from './device-error.js';
import type { Capture, SourceKind } from './source.js';
import { MEDIA_OF } from './source.js';
import type { Supply } from './supply.js';

/** One source that is wanted. */
export interface MediaWish {
  readonly kind: SourceKind;
  /** The constraints to open it with: the first of these that can be met. */
  readonly choices: readonly MediaTrackConstraints[];
  /** Waits before each further try, in milliseconds, while the device is not free yet. */
  readonly pausesMs: readonly number[];
  /** The constraints to try next, one after the other, for a device that did not start with some. */
  readonly smaller: readonly MediaTrackConstraints[];
  readonly signal: AbortSignal;
}

/** A wish with the capture that it is to take the place of. */
export interface CaptureWish extends MediaWish {
  /** The device to open, or `null` for the system's default. */
  readonly target: string | null;
  /** The open media, which stays open until the wish is fulfilled; `null` where nothing is open. */
  readonly before: { readonly target: string | null; readonly media: OpenedMedia } | null;
}

/** Opens one source; several that are requested in the same moment may be opened together. */
export type MediaOpener = (wish: MediaWish) => Promise<OpenedMedia>;

/** A device that was opened; the track belongs to the caller, unless the app had a hand in it. */
export interface OpenedMedia {
  /** The track that goes out. */
  readonly track: MediaStreamTrack;
  /** Why it is not the device that was chosen, or not processed; `null` when it is as it was asked. */
  readonly problem: BroadcastError | null;
  /** The part that the app has in it; absent for a device as it is. */
  readonly supply?: SuppliedPart;
}

/** The part that an app has in open media: it supplied the track, or a processor for it. */
export interface SuppliedPart {
  /** The track as it was opened. */
  readonly raw: MediaStreamTrack;
  /** Where it came from, as `Capture.supplied` has it. */
  readonly supplied: Capture['supplied'];
  /** The options that it was opened with. */
  readonly supply: Supply;
  /** Lets go of it, all but a raw track that `next` goes on with. */
  end(next: OpenedMedia | null): void;
  /** Resolves with what has to take its place, or why it was lost; rejects when `signal` aborts. */
  watch(signal: AbortSignal): Promise<OpenedMedia | BroadcastError>;
}

interface Pending extends MediaWish {
  resolve(opened: OpenedMedia): void;
  reject(error: BroadcastError): void;
}

/**
 * Opens cameras and microphones. Wishes of the same moment become one `getUserMedia`, so that the
 * user is asked once; if that fails, each is tried alone, so that a missing camera does not cost
 * the microphone. A track that arrives after its signal aborted is stopped.
 */
export function createMediaOpener(): MediaOpener {
  let pending: Pending[] = [];
  const flush = () => {
    const wishes = pending.filter(({ signal }) => !signal.aborted);
    pending = [];
    void openAll(wishes);
  };
  return (wish) => {
    const opened = new Promise<OpenedMedia>((resolve, reject) => {
      if (pending.length === 0) setTimeout(flush);
      pending.push({ ...wish, resolve, reject });
    });
    return abortable(opened, wish.signal);
  };
}

async function openAll(all: readonly Pending[]): Promise<void> {
  const wishes = all.filter(({ kind, reject }) => {
    const isForbidden = policyOn(kind) === 'forbidden';
    if (isUnable()) void explained((words) => words.pageIsUnable()).then(reject);
    else if (isForbidden) void explained((words) => words.policyForbids(kind)).then(reject);
    else return true;
    return false;
  });
  const [first, second] = wishes;
  if (first !== undefined && second !== undefined) await openBoth(first, second);
  else if (first !== undefined) await openAlone(first);
}

/** Which choice of each is tried: what is thrown does not say which of two chosen devices is gone. */
const STEPS = [
  [0, 0],
  [1, 0],
  [0, 1],
  [1, 1],
] as const;

async function openBoth(first: Pending, second: Pending): Promise<void> {
  const wishes = [first, second];
  let thrown: unknown;
  const unmet = () =>
    Promise.all(wishes.map(({ kind }) => deviceError(thrown, kind, { isChosen: true })));
  // Browsers look for devices that would do before they ask the user, who is still asked but once.
  for (const step of STEPS) {
    if (wishes.some((wish, at) => step[at] === 1 && !isChosen(wish.choices[0]))) continue;
    const problems = thrown === undefined ? [] : await unmet();
    if (problems.some(({ code }) => code !== 'constraints-not-met')) break;
    try {
      return await open(
        wishes.map((wish, at) => ({
          wish,
          constraints: wish.choices[step[at] ?? 0] ?? {},
          problem: (step[at] === 1 && problems[at]) || null,
        })),
      );
    } catch (caught) {
      thrown = caught;
    }
  }
  const errors = await Promise.all(
    wishes.map(({ kind }) => deviceError(thrown, kind, { isChosen: false })),
  );
  const codes = new Set(errors.map(({ code }) => code));
  // A refusal is an answer for both; asking again one by one would only prompt again.
  const isRefusal =
    codes.size === 1 && (codes.has('permission-denied') || codes.has('permission-dismissed'));
  await Promise.all(
    wishes.map((wish, at) => {
      const error = errors[at];
      return isRefusal && error !== undefined ? wish.reject(error) : openAlone(wish);
    }),
  );
}

async function openAlone(wish: Pending): Promise<void> {
  const { kind, choices, signal } = wish;
  const pausesMs = [...wish.pausesMs];
  let problem: BroadcastError | null = null;
  for (let at = 0; !signal.aborted; ) {
    const constraints = choices[at] ?? {};
    try {
      return await open([{ wish, constraints, problem }]);
    } catch (thrown) {
      const error = await deviceError(thrown, kind, { isChosen: isChosen(constraints) });
      const pauseMs = error.code === 'device-in-use' ? pausesMs.shift() : undefined;
      if (pauseMs !== undefined) {
        await sleep(pauseMs, signal).catch(() => {});
        continue;
      }
      // Some cameras give only a smaller picture while a bus or another program is busy.
      const rungs = error.code === 'device-in-use' && 'width' in constraints ? wish.smaller : [];
      for (const rung of rungs) {
        if (signal.aborted) return;
        try {
          return await open([{ wish, constraints: { ...constraints, ...rung }, problem }]);
        } catch {
          // The next rung, or else the error of the first try.
        }
      }
      at += 1;
      if (at >= choices.length || !isWorthAnotherChoice(error)) return wish.reject(error);
      if (isChosen(constraints)) problem = error;
    }
  }
}

/** One wish with what it is tried with, and why that is not its first choice. */
interface Attempt {
  readonly wish: Pending;
  readonly constraints: MediaTrackConstraints;
  readonly problem: BroadcastError | null;
}

/** Asks for all of them at once, and hands the tracks over. Throws what the browser throws. */
async function open(attempts: readonly Attempt[]): Promise<void> {
  const constraintsOf = (media: 'video' | 'audio') =>
    attempts.find(({ wish }) => MEDIA_OF[wish.kind] === media)?.constraints ?? false;
  const stream = await navigator.mediaDevices.getUserMedia({
    video: constraintsOf('video'),
    audio: constraintsOf('audio'),
  });
  const opened = attempts.map(({ wish, problem }) => {
    const isVideo = MEDIA_OF[wish.kind] === 'video';
    const tracks = isVideo ? stream.getVideoTracks() : stream.getAudioTracks();
    return { wish, problem, track: tracks[0] };
  });
  const isWhole = opened.every(({ track }) => track?.readyState === 'live');
  for (const { wish, problem, track } of opened) {
    if (track === undefined) continue;
    if (!isWhole || wish.signal.aborted) track.stop();
    else wish.resolve({ track, problem });
  }
  if (!isWhole) throw new DOMException('A track ended as it began.', 'NotReadableError');
}

/** Loads the words for a device that does not open, which most never need. */
async function explained(
  explain: (words: typeof DeviceErrors) => BroadcastError | Promise<BroadcastError>,
  thrown?: unknown,
): Promise<BroadcastError> {
  try {
    return await explain(await import('./device-error.js'));
  } catch {
    return toBroadcastError(thrown);
  }
}

function deviceError(...told: Parameters<typeof DeviceErrors.deviceError>) {
  return explained((words) => words.deviceError(...told), told[0]);
}

/** Whether another device, or the same one asked for less, may still do. */
function isWorthAnotherChoice(error: BroadcastError): boolean {
  const family = familyOf(error);
  return family === 'unusable-device' || family === 'unexpected';
}

function isChosen(constraints: MediaTrackConstraints | undefined): boolean {
  return constraints?.deviceId !== undefined;
}

/** Whether the page is kept from all devices. */
function isUnable(): boolean {
  const { isSecureContext, navigator } = globalThis;
  return isSecureContext === false || navigator?.mediaDevices?.getUserMedia === undefined;
}
