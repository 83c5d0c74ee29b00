import { BroadcastError, toBroadcastError } from '../errors.js';
import { childOf } from '../foundation/abort.js';
import { listen } from '../foundation/listen.js';
import { abortable } from '../foundation/time.js';
import { applyHint, endOf } from './capture.js';
import type { ScreenOptions } from './screen-options.js';
import { displayOptions, plainDisplayOptions, screenHintOf } from './screen-options.js';
import type { Capture, Source, SourceEvent } from './source.js';

/** The context of the screens that are shared. */
export interface ScreenSettings {
  /** The screen as the state has it. */
  screen(): Source;
  /** Calls `listener` whenever `screen()` may have changed; returns the function that ends it. */
  subscribe(listener: () => void): () => void;
  dispatch(event: SourceEvent): void;
}

/** One screen that the state wants: one that is shown, or one that the person is choosing. */
interface WantedScreen {
  readonly request: number;
  readonly share: ScreenOptions;
}

/**
 * The life of what is shared, from the press until `signal` aborts: asks for each screen that the
 * state wants, tells when it ends, and stops it once the state does not want it any more. One screen
 * goes on while the person chooses another.
 */
export async function runScreen(settings: ScreenSettings, signal: AbortSignal): Promise<void> {
  const lives = new Map<number, AbortController>();
  const ends: Promise<void>[] = [];
  const follow = () => {
    const wanted = wantedOf(settings.screen());
    for (const [request, life] of lives) {
      if (!wanted.some((one) => one.request === request)) life.abort();
    }
    for (const one of wanted) {
      if (signal.aborted || lives.has(one.request)) continue;
      const life = childOf(signal);
      lives.set(one.request, life);
      ends.push(shareScreen(settings, one, life.signal).finally(() => life.abort()));
    }
  };
  const unsubscribe = settings.subscribe(follow);
  follow();
  while (ends.length > 0) await ends.pop();
  unsubscribe();
}

function wantedOf(screen: Source): readonly WantedScreen[] {
  if (screen.status !== 'opening' && screen.status !== 'on') return [];
  const change = screen.status === 'on' && screen.change;
  return [screen, ...(change ? [change] : [])].map((one) => {
    return { request: one.request, share: ('share' in one && one.share) || {} };
  });
}

/** The life of one screen, from the browser's dialogue to its end. */
async function shareScreen(
  { dispatch }: ScreenSettings,
  { request, share }: WantedScreen,
  signal: AbortSignal,
): Promise<void> {
  const kind = 'screen';
  const tracks: MediaStreamTrack[] = [];
  const stop = () => {
    for (const track of tracks) track.stop();
  };
  // Nothing closes the browser's dialogue: the answer may come when nobody wants it any more.
  const asked = ask(share).then((stream) => {
    tracks.push(...stream.getTracks());
    if (signal.aborted) stop();
  });
  try {
    await abortable(asked, signal);
    const track = tracks.find((one) => one.kind === 'video');
    const sound = tracks.find((one) => one.kind === 'audio') ?? null;
    if (track?.readyState !== 'live') throw new DOMException('It ended.', 'NotReadableError');
    const content = screenHintOf(share);
    applyHint(track, content);
    dispatch({
      type: 'source-opened',
      kind,
      request,
      capture: { ...captureOf(track, sound), content },
      problem: null,
    });
    if (sound !== null) {
      listen(sound, 'ended', () => dispatch({ type: 'screen-silent', request }), signal);
    }
    await abortable(endOf(track, signal), signal);
    // The person pressed the browser's own button, or closed what was shared.
    dispatch({ type: 'source-lost', kind, request, error: sharingEnded() });
  } catch (thrown) {
    if (signal.aborted) return;
    const error = await explain(thrown);
    if (!signal.aborted) dispatch({ type: 'source-failed', kind, request, error });
  } finally {
    stop();
  }
}

/** A browser that refuses what is asked of the dialogue gets it asked without. */
async function ask(share: ScreenOptions): Promise<MediaStream> {
  const { mediaDevices } = navigator;
  try {
    return await mediaDevices.getDisplayMedia(displayOptions(share));
  } catch (thrown) {
    const { name } = Object(thrown) as { readonly name?: unknown };
    if (name !== 'TypeError' && name !== 'OverconstrainedError') throw thrown;
    return mediaDevices.getDisplayMedia(plainDisplayOptions(share));
  }
}

async function explain(thrown: unknown): Promise<BroadcastError> {
  try {
    const { screenError } = await import('./screen-error.js');
    return await screenError(thrown);
  } catch {
    return toBroadcastError(thrown);
  }
}

function captureOf(track: MediaStreamTrack, sound: MediaStreamTrack | null): Capture {
  const { width, height, frameRate = 0 } = track.getSettings();
  const picture = width === undefined || height === undefined ? null : { width, height, frameRate };
  // Chromium has only numbers for it, such as `screen:1:0` and `web-contents-media-stream://3:1`.
  const label = /^[\w-]+:\S*$/.test(track.label) ? '' : track.label;
  return { track, sound, deviceId: '', label, facing: 'unknown', picture };
}

function sharingEnded(): BroadcastError {
  return new BroadcastError('device-lost', 'The screen is not shared any more.');
}
