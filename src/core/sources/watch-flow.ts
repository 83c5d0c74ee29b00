import { aborted } from '../foundation/abort.js';
import { elapsedMs, sleep } from '../foundation/time.js';

const LOOK_MS = 500;
/** How long a processor may give nothing. */
const STILL_MS = 4_000;

/** As much of the processor of a track (W3C mediacapture-transform) as is used. */
interface TrackProcessorOfBrowser {
  readonly readable: ReadableStream<{ close(): void }>;
}

/**
 * Resolves once `track` has given nothing new for four seconds, while `input`, of which it is made,
 * went on. A muted track counts as moving. Where a browser cannot tell, as of sound outside of
 * Chromium, it never resolves; it rejects with the signal's reason.
 */
export async function standsStill(
  track: MediaStreamTrack,
  input: MediaStreamTrack,
  signal: AbortSignal,
): Promise<void> {
  const [made, given] = [counterOf(track, signal), counterOf(input, signal)];
  if (made === null || given === null) {
    await aborted(signal);
    throw signal.reason;
  }
  let movedAt = elapsedMs();
  let last = made();
  let inputs = given();
  for (;;) {
    await sleep(LOOK_MS, signal);
    const now = made();
    if (now !== last || !track.enabled) {
      last = now;
      movedAt = elapsedMs();
      inputs = given();
    }
    // Some new input a moment ago is not enough: it has to go on all the time.
    if (elapsedMs() - movedAt >= STILL_MS && given() - inputs >= ENOUGH) return;
  }
}

/** Looks at the input are about four a second. */
const ENOUGH = 6;

/** Counts what is new in a track, up to four times a second; `null` where the browser cannot tell. */
function counterOf(track: MediaStreamTrack, signal: AbortSignal): (() => number) | null {
  const { MediaStreamTrackProcessor: Processor } = globalThis as {
    MediaStreamTrackProcessor?: new (options: {
      readonly track: MediaStreamTrack;
    }) => TrackProcessorOfBrowser;
  };
  try {
    if (Processor !== undefined) return countFrames(new Processor({ track }), signal);
  } catch {
    // A browser may have it in workers only.
  }
  return track.kind === 'video' && typeof document !== 'undefined'
    ? countShown(track, signal)
    : null;
}

const PAUSE_MS = 250;

/** In a hidden page too. */
function countFrames({ readable }: TrackProcessorOfBrowser, signal: AbortSignal): () => number {
  const reader = readable.getReader();
  let count = 0;
  const read = async () => {
    while (!signal.aborted) {
      const { done, value } = await reader.read();
      value?.close();
      if (done) return;
      count += 1;
      await sleep(PAUSE_MS, signal);
    }
  };
  read().catch(() => {});
  void aborted(signal).then(() => reader.cancel().catch(() => {}));
  return () => count;
}

/** While the page is seen; a hidden one is shown neither of the two tracks. */
function countShown(track: MediaStreamTrack, signal: AbortSignal): (() => number) | null {
  const video = document.createElement('video');
  if (typeof video.requestVideoFrameCallback !== 'function') return null;
  video.muted = true;
  video.playsInline = true;
  video.srcObject = new MediaStream([track]);
  video.play()?.catch(() => {});
  let count = 0;
  const look = () => {
    count += 1;
    if (!signal.aborted) video.requestVideoFrameCallback(look);
  };
  video.requestVideoFrameCallback(look);
  void aborted(signal).then(() => {
    video.srcObject = null;
  });
  return () => count;
}
