import { BroadcastError, toBroadcastError } from '../errors.js';
import { childOf } from '../foundation/abort.js';
import { listen } from '../foundation/listen.js';
import { abortable, elapsedMs, sleep } from '../foundation/time.js';
import type { ContentHint } from './constraints.js';
import { friendlyLabel } from './friendly-label.js';
import { opensOneAtATime } from './one-at-a-time.js';
import type { CaptureWish, OpenedMedia } from './open-media.js';
import type { Capture, Facing, SourceEvent, SourceKind } from './source.js';
import { MEDIA_OF } from './source.js';

/** The capture that the state asks for. */
export interface WantedCapture {
  readonly request: number;
  /** The device to open, or `null` for the system's default. */
  readonly target: string | null;
  /** The camera to open instead: the one that faces this way. */
  readonly facing?: Facing;
  /** Whether the open device itself is to be opened anew, which some browsers do only once it is closed. */
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
  /** The smaller constraints for a device that does not start otherwise. */
  smaller(): readonly MediaTrackConstraints[];
  /** The content hint of the track, for the encoder (W3C mst-content-hint). */
  contentHint(): ContentHint;
  readonly open: (wish: CaptureWish) => Promise<OpenedMedia>;
  dispatch(event: SourceEvent): void;
}

/** An open capture, and the request of the state that it answers. */
interface Held {
  readonly request: number;
  readonly target: string | null;
  readonly media: OpenedMedia;
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
  let lost = deviceLost(kind);
  try {
    for (let asked = wanted(); asked !== null && !signal.aborted; asked = wanted()) {
      const turn = childOf(signal);
      const { request } = asked;
      const unsubscribe = subscribe(() => wanted()?.request === request || turn.abort());
      try {
        if (held === null) {
          const pauseMs = [0, ...PAUSES_MS][briefOnes];
          if (pauseMs === undefined) throw lost;
          if (pauseMs > 0) await sleep(pauseMs, turn.signal);
          held = await begin(settings, asked, turn.signal);
        } else if (held.request !== request) {
          held = await change(settings, held, asked, turn.signal);
        }
        const media: OpenedMedia = held.media;
        const next: OpenedMedia | BroadcastError = await abortable(
          afterwards(media, kind, turn.signal),
          turn.signal,
        );
        letGo(media, next);
        if (!(next instanceof BroadcastError)) {
          const { problem } = next;
          held = { ...held, media: next, capture: captureOf(next, kind) };
          dispatch({ type: 'source-opened', kind, request, capture: held.capture, problem });
          continue;
        }
        lost = next;
        briefOnes = elapsedMs() - held.openedAt < BRIEF_MS ? briefOnes + 1 : 0;
        held = null;
        dispatch({ type: 'source-lost', kind, request, error: lost });
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
    if (held !== null) letGo(held.media, null);
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
  const wish = {
    choices: choicesFor(settings, asked.target),
    pausesMs: PAUSES_MS,
    smaller: settings.smaller(),
    before: null,
  };
  const held = await opened(settings, asked, wish, signal);
  const { problem } = held.media;
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
  const { supplied, deviceId, track, raw = track } = before.capture;
  let isOpen = true;
  const choices = [settings.constraintsFor(asked.target, asked.facing)];
  let error = deviceLost(kind);
  const close = () => {
    if (isOpen) letGo(before.media, null);
    isOpen = false;
  };
  // Where the device stays, only what the app makes of it is another.
  const isOther = asked.target !== before.target || asked.facing !== undefined;
  const isAlone = asked.isRetake === true || (isOther && opensOneAtATime(kind));
  if (isAlone && !supplied) close();
  for (const pausesMs of isAlone ? [PAUSES_OF_CHANGE_MS] : [[], PAUSES_OF_CHANGE_MS]) {
    try {
      // The size goes only when nothing else helps.
      const smaller = pausesMs.length > 0 ? settings.smaller() : [];
      const wish = { choices, pausesMs, smaller, before: isOpen ? before : null };
      const held = await opened(settings, asked, wish, signal);
      const { problem } = held.media;
      dispatch({ type: 'source-opened', kind, request, capture: held.capture, problem });
      if (isOpen) letGo(before.media, held.media);
      return held;
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      error = toBroadcastError(thrown);
    }
    // The app's own may not be had again.
    if (error.code !== 'device-in-use' || supplied) break;
    // A machine may open one device at a time, and say so only when it is asked for another.
    close();
  }
  let held = before;
  if (!isOpen || raw.readyState === 'ended') {
    const wish = {
      choices: choicesFor(settings, deviceId || before.target),
      pausesMs: PAUSES_MS,
      smaller: settings.smaller(),
      before: null,
    };
    held = await opened(settings, before, wish, signal);
  }
  dispatch({ type: 'source-kept', kind, request, capture: held.capture, error });
  return held;
}

async function opened(
  { kind, contentHint, open }: CaptureSettings,
  { request, target }: WantedCapture,
  wish: Pick<CaptureWish, 'choices' | 'pausesMs' | 'smaller' | 'before'>,
  signal: AbortSignal,
): Promise<Held> {
  const media = await open({ ...wish, kind, target, signal });
  if (signal.aborted) {
    letGo(media, wish.before?.media ?? null);
    throw signal.reason;
  }
  // An app may know better what it supplies.
  if (!media.supply || !media.track.contentHint) applyHint(media.track, contentHint());
  return { request, target, media, capture: captureOf(media, kind), openedAt: elapsedMs() };
}

/** Where there are no hints, as in Firefox, or they are refused, the encoder finds out by itself. */
export function applyHint(track: MediaStreamTrack, contentHint: ContentHint): void {
  try {
    if ('contentHint' in track) track.contentHint = contentHint;
  } catch {
    // Only a wish.
  }
}

/** Stops what was opened, as far as `next` does not go on with it, and it is not the app's own. */
function letGo({ track, supply }: OpenedMedia, next: OpenedMedia | BroadcastError | null): void {
  const after = next instanceof BroadcastError ? null : next;
  if (supply !== undefined) supply.end(after);
  else if (after?.supply?.raw !== track) track.stop();
}

/** Resolves once the media is over: with what takes its place, or with why it was lost. */
function afterwards(
  { track, supply }: OpenedMedia,
  kind: SourceKind,
  signal: AbortSignal,
): Promise<OpenedMedia | BroadcastError> {
  return supply?.watch(signal) ?? endOf(track, signal).then(() => deviceLost(kind));
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

function captureOf({ track, supply }: OpenedMedia, kind: SourceKind): Capture {
  const { raw = track, supplied } = supply ?? {};
  const settings = raw.getSettings();
  const { facingMode } = settings;
  const facing = facingMode === 'user' || facingMode === 'environment' ? facingMode : 'unknown';
  const picture = MEDIA_OF[kind] === 'video' ? (pictureOf(track) ?? pictureOf(raw)) : null;
  // Browsers make up ids and names for tracks of a page.
  const { deviceId = '' } = supplied ? {} : settings;
  return {
    track,
    ...(raw !== track && { raw }),
    ...(supplied && { supplied }),
    sound: null,
    deviceId,
    label: supplied ? '' : friendlyLabel(raw.label, deviceId),
    facing,
    picture,
  };
}

/** The size and rate that a camera was opened with; `null` where the browser does not tell. */
export function pictureOf(track: MediaStreamTrack): Capture['picture'] {
  const { width, height, frameRate } = track.getSettings();
  if (width === undefined || height === undefined) return null;
  return { width, height, frameRate: frameRate ?? 0 };
}

/** The open device of this kind went away. */
export function deviceLost(kind: SourceKind): BroadcastError {
  return new BroadcastError(
    'device-lost',
    `The ${kind} went away: it was unplugged, taken by another program, or its permission was withdrawn. Connect it again or choose another one.`,
  );
}
