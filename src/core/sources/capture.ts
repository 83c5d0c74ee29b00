import { BroadcastError, toBroadcastError } from '../errors.js';
import { listen } from '../foundation/listen.js';
import { abortable } from '../foundation/time.js';
import type { MediaWish } from './open-media.js';
import type { Capture, SourceHappening, SourceKind } from './source.js';

/** Motion or detail for a camera; speech or music for a microphone. */
export type ContentHint = 'motion' | 'detail' | 'speech' | 'music';

/** What one capture needs. */
export interface CaptureSettings {
  readonly kind: SourceKind;
  readonly request: number;
  readonly constraints: MediaTrackConstraints;
  /** What the track shows or sounds like, for the encoder (W3C mst-content-hint). */
  readonly contentHint: ContentHint;
  open(wish: MediaWish): Promise<MediaStreamTrack>;
  dispatch(happening: SourceHappening): void;
}

/**
 * The life of one open device: opens it, announces it, watches it, and stops it when it is lost or
 * `signal` aborts, so that no camera light stays on.
 */
export async function runCapture(settings: CaptureSettings, signal: AbortSignal): Promise<void> {
  const { kind, request, constraints, contentHint, open, dispatch } = settings;
  let track: MediaStreamTrack;
  try {
    track = await open({ kind, constraints, signal });
  } catch (thrown) {
    const error = toBroadcastError(thrown);
    if (!signal.aborted) dispatch({ type: 'source-failed', kind, request, error });
    return;
  }
  try {
    if (signal.aborted) return;
    hint(track, contentHint);
    const gone = endOf(track, signal);
    dispatch({ type: 'source-opened', kind, request, capture: captureOf(track, kind) });
    await abortable(gone, signal);
    dispatch({ type: 'source-lost', kind, request, error: deviceLost(kind) });
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
  } finally {
    track.stop();
  }
}

/** Where there are no hints, as in Firefox, or they are refused, the encoder finds out by itself. */
function hint(track: MediaStreamTrack, contentHint: ContentHint): void {
  try {
    if ('contentHint' in track) track.contentHint = contentHint;
  } catch {
    // Only a wish.
  }
}

function endOf(track: MediaStreamTrack, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (track.readyState === 'ended') resolve();
    listen(track, 'ended', () => resolve(), signal);
  });
}

function captureOf(track: MediaStreamTrack, kind: SourceKind): Capture {
  const { facingMode, width, height, frameRate } = track.getSettings();
  const facing = facingMode === 'user' || facingMode === 'environment' ? facingMode : 'unknown';
  const picture =
    kind === 'camera' && width !== undefined && height !== undefined
      ? { width, height, frameRate: frameRate ?? 0 }
      : null;
  return { track, label: track.label, facing, picture };
}

function deviceLost(kind: SourceKind): BroadcastError {
  return new BroadcastError(
    'device-lost',
    `The ${kind} went away: it was unplugged, taken by another program, or its permission was withdrawn. Connect it again or choose another one.`,
  );
}
