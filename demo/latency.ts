const WIDTH = 16;
const HEIGHT = 9;
const REMEMBERED = 120;
/** Steps of brightness, of 256, by which the best match has to beat the average frame. */
const MARGIN = 1;

/** A frame boiled down to its brightness in 16 by 9 fields, and when it was shown. */
interface Fingerprint {
  readonly at: number;
  readonly fields: Uint8ClampedArray;
}

/**
 * How far `viewer` is behind `preview`, picture to picture, both playing on this page: each frame
 * of the viewer is looked for among the last frames of the preview. Calls `onLatency` with
 * seconds, or with `null` while the picture moves too little to tell. Returns the function that ends it.
 */
export function measureLatency(
  preview: HTMLVideoElement,
  viewer: HTMLVideoElement,
  onLatency: (seconds: number | null) => void,
): () => void {
  const shown: Fingerprint[] = [];
  const found: number[] = [];
  const endPreview = eachFrame(preview, (frame) => {
    shown.push(frame);
    if (shown.length > REMEMBERED) shown.shift();
  });
  const endViewer = eachFrame(viewer, (frame) => {
    const match = bestMatch(frame, shown);
    if (match === null) return;
    found.push((frame.at - match.at) / 1000);
    if (found.length > 30) found.shift();
  });
  const timer = setInterval(() => {
    const sorted = [...found].sort((left, right) => left - right);
    onLatency(sorted.length < 5 ? null : (sorted[Math.floor(sorted.length / 2)] ?? null));
    found.length = 0;
  }, 1_000);
  return () => {
    endPreview();
    endViewer();
    clearInterval(timer);
  };
}

function eachFrame(video: HTMLVideoElement, onFrame: (frame: Fingerprint) => void): () => void {
  if (!('requestVideoFrameCallback' in video)) return () => {};
  const canvas = document.createElement('canvas');
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  let handle = 0;
  const read = (_: number, { expectedDisplayTime }: VideoFrameCallbackMetadata) => {
    handle = video.requestVideoFrameCallback(read);
    if (context === null) return;
    context.drawImage(video, 0, 0, WIDTH, HEIGHT);
    const { data } = context.getImageData(0, 0, WIDTH, HEIGHT);
    onFrame({ at: expectedDisplayTime, fields: data.filter((_value, index) => index % 4 === 1) });
  };
  handle = video.requestVideoFrameCallback(read);
  return () => video.cancelVideoFrameCallback(handle);
}

/** The shown frame most like `frame`, if it stands out from those around it. */
function bestMatch(frame: Fingerprint, shown: readonly Fingerprint[]): Fingerprint | null {
  let best: Fingerprint | null = null;
  let least = Number.POSITIVE_INFINITY;
  let sum = 0;
  for (const candidate of shown) {
    const distance = distanceOf(frame.fields, candidate.fields);
    sum += distance;
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  // Encoding shifts all brightness a little, so it is the margin that counts, not the distance.
  return sum / Math.max(1, shown.length) - least > MARGIN ? best : null;
}

function distanceOf(left: Uint8ClampedArray, right: Uint8ClampedArray): number {
  let sum = 0;
  for (let index = 0; index < left.length; index += 1) {
    sum += Math.abs((left[index] ?? 0) - (right[index] ?? 0));
  }
  return sum / left.length;
}
