import { BroadcastError, toBroadcastError } from '../errors.js';
import { childOf } from '../foundation/abort.js';
import { listen } from '../foundation/listen.js';
import { abortable, elapsedMs, sleep } from '../foundation/time.js';
import type { ContentHint } from './constraints.js';
import { friendlyLabel } from './friendly-label.js';
import { opensOneAtATime } from './one-at-a-time.js';
import type { MediaOpener, MediaWish } from './open-media.js';
import type { Capture, Facing, SourceEvent, SourceKind } from './source.js';
import { MEDIA_OF } from './source.js';

/** The capture that the state asks for. */
export interface WantedCapture {
  readonly request: number;
  /** The device to open, or `null` for the system's default. */
  readonly target: string | null;
  /** The camera to open instead: the one that faces this way. */
  readonly facing?: Facing;
  /** Whether what is open gives nothing, so that nothing is lost by closing it first. */
  readonly isRetake?: true;
}

/** The context of the captures of one source. */
export interface CaptureSettings {
  readonly kind: SourceKind;
  /** The capture that the state asks for now; `null` when nothing should be open. */
  wanted(): WantedCapture | null;
  /** Calls `listener` whenever `wanted()` may have changed; returns the function that ends it. */
  subscribe(listener: () => void): () => void;
  constraintsFor(deviceId: string | null, facing?: Facing): MediaTrackConstraints;
  /** The content hint of the track, for the encoder (W3C mst-content-hint). */
  contentHint(): ContentHint;
  readonly open: MediaOpener;
  dispatch(event: SourceEvent): void;
}

/** An open capture, and the request of the state that it answers. */
interface Held {
  readonly request: number;
  readonly target: string | null;
  readonly capture: Capture;
  readonly openedAt: number;
}

/** About three seconds: a device that another page lets go of, or that wakes up, needs one or two. */
const PAUSES_MS = [250, 500, 1_000, 1_250];
/** Nothing is sent meanwhile. */
const PAUSES_OF_CHANGE_MS = [250, 500];
/** A track that ends sooner than this did not start. */
const BRIEF_MS = 2_000;

/**
 * The life of one source, from when it is to be open until `signal` aborts: opens what the state
 * asks for, announces it, changes it, tells when it is lost, and stops it, so that no camera light
 * stays on. An open track stays open through a change, unless the machine can only open one.
 */
export async function runCapture(settings: CaptureSettings, signal: AbortSignal): Promise<void> {
  const { kind, wanted, subscribe, dispatch } = settings;
  let held: Held | null = null;
  let briefOnes = 0;
  try {
    for (let asked = wanted(); asked !== null && !signal.aborted; asked = wanted()) {
      const turn = childOf(signal);
      const { request } = asked;
      const unsubscribe = subscribe(() => wanted()?.request === request || turn.abort());
      try {
        if (held === null) {
          const pauseMs = [0, ...PAUSES_MS][briefOnes];
          if (pauseMs === undefined) throw deviceLost(kind);
          if (pauseMs > 0) await sleep(pauseMs, turn.signal);
          held = await begin(settings, asked, turn.signal);
        } else if (held.request !== request) {
          held = await change(settings, held, asked, turn.signal);
        }
        await abortable(endOf(held.capture.track, turn.signal), turn.signal);
        briefOnes = elapsedMs() - held.openedAt < BRIEF_MS ? briefOnes + 1 : 0;
        held = null;
        dispatch({ type: 'source-lost', kind, request, error: deviceLost(kind) });
      } catch (thrown) {
        if (turn.signal.aborted) continue;
        const error = toBroadcastError(thrown);
        dispatch({ type: 'source-failed', kind, request, error });
      } finally {
        unsubscribe();
        turn.abort();
      }
    }
  } finally {
    held?.capture.track.stop();
  }
}

/** Opens the requested device, or else any other. @throws BroadcastError when nothing opens. */
async function begin(
  settings: CaptureSettings,
  asked: WantedCapture,
  signal: AbortSignal,
): Promise<Held> {
  const { kind, dispatch } = settings;
  const { request } = asked;
  const wish = { choices: choicesFor(settings, asked.target), pausesMs: PAUSES_MS };
  const { held, problem } = await opened(settings, asked, wish, signal);
  dispatch({ type: 'source-opened', kind, request, capture: held.capture, problem });
  return held;
}

/**
 * Opens the requested device in place of the open one, which stays if that fails.
 * @throws BroadcastError when the one failed, and the other could not be opened again.
 */
async function change(
  settings: CaptureSettings,
  before: Held,
  asked: WantedCapture,
  signal: AbortSignal,
): Promise<Held> {
  const { kind, dispatch } = settings;
  const { request } = asked;
  const { track, deviceId } = before.capture;
  const choices = [settings.constraintsFor(asked.target, asked.facing)];
  let error = deviceLost(kind);
  const isAlone = asked.isRetake === true || opensOneAtATime(kind);
  if (isAlone) track.stop();
  for (const pausesMs of isAlone ? [PAUSES_OF_CHANGE_MS] : [[], PAUSES_OF_CHANGE_MS]) {
    try {
      const { held } = await opened(settings, asked, { choices, pausesMs }, signal);
      dispatch({ type: 'source-opened', kind, request, capture: held.capture, problem: null });
      track.stop();
      return held;
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      error = toBroadcastError(thrown);
    }
    if (error.code !== 'device-in-use') break;
    // A machine may open one device at a time, and say so only when it is asked for another.
    track.stop();
  }
  let held = before;
  if (track.readyState === 'ended') {
    const wish = {
      choices: choicesFor(settings, deviceId || before.target),
      pausesMs: PAUSES_MS,
    };
    held = (await opened(settings, before, wish, signal)).held;
  }
  dispatch({ type: 'source-kept', kind, request, capture: held.capture, error });
  return held;
}

async function opened(
  { kind, contentHint, open }: CaptureSettings,
  { request, target }: WantedCapture,
  wish: Pick<MediaWish, 'choices' | 'pausesMs'>,
  signal: AbortSignal,
): Promise<{ readonly held: Held; readonly problem: BroadcastError | null }> {
  const { track, problem } = await open({ ...wish, kind, signal });
  if (signal.aborted) {
    track.stop();
    throw signal.reason;
  }
  applyHint(track, contentHint());
  const held = { request, target, capture: captureOf(track, kind), openedAt: elapsedMs() };
  return { held, problem };
}

/** Where there are no hints, as in Firefox, or they are refused, the encoder finds out by itself. */
export function applyHint(track: MediaStreamTrack, contentHint: ContentHint): void {
  try {
    if ('contentHint' in track) track.contentHint = contentHint;
  } catch {
    // Only a wish.
  }
}

/** The device itself, then any, then any without a wish for how it works. */
function choicesFor(
  { constraintsFor }: CaptureSettings,
  target: string | null,
): readonly MediaTrackConstraints[] {
  return [...(target === null ? [] : [constraintsFor(target)]), constraintsFor(null), {}];
}

/** Resolves when `track` has ended by itself, unless `signal` aborts first. */
export function endOf(track: MediaStreamTrack, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (track.readyState === 'ended') resolve();
    listen(track, 'ended', () => resolve(), signal);
  });
}

function captureOf(track: MediaStreamTrack, kind: SourceKind): Capture {
  const { deviceId = '', facingMode } = track.getSettings();
  const facing = facingMode === 'user' || facingMode === 'environment' ? facingMode : 'unknown';
  const picture = MEDIA_OF[kind] === 'video' ? pictureOf(track) : null;
  const label = friendlyLabel(track.label, deviceId);
  return { track, sound: null, deviceId, label, facing, picture };
}

/** The size and rate that a camera was opened with; `null` where the browser does not tell. */
export function pictureOf(track: MediaStreamTrack): Capture['picture'] {
  const { width, height, frameRate } = track.getSettings();
  if (width === undefined || height === undefined) return null;
  return { width, height, frameRate: frameRate ?? 0 };
}

function deviceLost(kind: SourceKind): BroadcastError {
  return new BroadcastError(
    'device-lost',
    `The ${kind} went away: it was unplugged, taken by another program, or its permission was withdrawn. Connect it again or choose another one.`,
  );
}
