import type { CameraOptions } from '../src/core/index.js';

/** A picture that the page draws itself, as an app would show a game or a slide: a factory for it. */
export const drawing: NonNullable<CameraOptions['source']> = ({
  width,
  height,
  frameRate,
  signal,
}) =>
  drawn({ width, height, frameRate, signal }, (context) => {
    const seconds = performance.now() / 1000;
    context.fillStyle = '#10243e';
    context.fillRect(0, 0, width, height);
    context.fillStyle = '#ffb020';
    context.beginPath();
    const [x, y] = [Math.cos(seconds) * 0.3 + 0.5, Math.sin(seconds * 2) * 0.2 + 0.5];
    context.arc(x * width, y * height, height / 8, 0, 2 * Math.PI);
    context.fill();
  });

/** A plain processor: the picture in shades of grey. */
export const grey: NonNullable<CameraOptions['processor']> = async (track, { signal }) => {
  const video = document.createElement('video');
  video.muted = true;
  video.srcObject = new MediaStream([track]);
  await video.play();
  const { videoWidth: width, videoHeight: height } = video;
  const { frameRate = 30 } = track.getSettings();
  return drawn({ width, height, frameRate, signal }, (context) => {
    context.globalCompositeOperation = 'source-over';
    context.drawImage(video, 0, 0, width, height);
    context.globalCompositeOperation = 'saturation';
    context.fillStyle = '#808080';
    context.fillRect(0, 0, width, height);
  });
};

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly frameRate: number;
  readonly signal: AbortSignal;
}

/** The track of a canvas that is painted over and over, until the signal aborts. */
function drawn(
  { width, height, frameRate, signal }: Frame,
  paint: (context: CanvasRenderingContext2D) => void,
): MediaStreamTrack {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d');
  const [track] = canvas.captureStream(frameRate).getVideoTracks();
  if (context === null || track === undefined) throw new Error('This browser gives no canvas.');
  paint(context);
  // Animation frames stop while the page is hidden.
  const timer = setInterval(() => paint(context), 1000 / frameRate);
  signal.addEventListener('abort', () => clearInterval(timer), { once: true });
  return track;
}
