import { BroadcastError } from '../errors.js';
import { listen } from '../foundation/listen.js';
import { abortable } from '../foundation/time.js';
import { applyHint, endOf } from '../sources/capture.js';
import type { ScreenOptions } from '../sources/screen-options.js';
import { screenHintOf } from '../sources/screen-options.js';
import type { Capture, SourceEvent } from '../sources/source.js';
import { screenError } from './screen-error.js';

/** One screen that the state wants: one that is shown, or one that the person is choosing. */
export interface WantedScreen {
  readonly request: number;
  readonly share: ScreenOptions;
}

/** The answer of the browser's dialogue, and who hears of it. */
export interface AskedScreen {
  readonly asked: Promise<MediaStream>;
  dispatch(event: SourceEvent): void;
}

/** The life of one screen, from the answer of the browser's dialogue to its end or the signal's. */
export async function shareScreen(
  { asked, dispatch }: AskedScreen,
  { request, share }: WantedScreen,
  signal: AbortSignal,
): Promise<void> {
  const kind = 'screen';
  const tracks: MediaStreamTrack[] = [];
  const stop = () => {
    for (const track of tracks) track.stop();
  };
  // Nothing closes the browser's dialogue: the answer may come when nobody wants it any more.
  const taken = asked.then((stream) => {
    tracks.push(...stream.getTracks());
    if (signal.aborted) stop();
  });
  try {
    await abortable(taken, signal);
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
    const error = await screenError(thrown);
    if (!signal.aborted) dispatch({ type: 'source-failed', kind, request, error });
  } finally {
    stop();
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
