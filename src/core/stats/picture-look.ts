import type { StatsSample } from './sample.js';

type PictureLook = NonNullable<StatsSample['look']>;

/** Looks at the camera's picture, as a person would who glances at it. */
export interface PictureEye {
  /** The look of `track` now; `undefined` where it cannot be told. It never throws. */
  look(track: MediaStreamTrack | null): PictureLook | undefined;
  /** Closes it; it never stops a track. */
  close(): void;
}

const WIDTH = 32;
const HEIGHT = 18;
/** The noise of a covered sensor stays below this, of 255. */
const BLACK = 24;

/**
 * Opens an eye for what statistics do not tell: a driver that repeats one picture, and a covered
 * lens, both of which a browser counts as pictures like any. Only in a page, while it is seen.
 */
export function openPictureEye(): PictureEye {
  let video: HTMLVideoElement | null = null;
  let canvas: CanvasRenderingContext2D | null = null;
  let seen: MediaStreamTrack | null = null;
  let before: Uint8ClampedArray | null = null;
  const close = () => {
    if (video !== null) video.srcObject = null;
    video = null;
    seen = null;
    before = null;
  };
  const pixels = (track: MediaStreamTrack) => {
    if (track !== seen) {
      close();
      video = document.createElement('video');
      video.muted = true;
      video.playsInline = true;
      video.srcObject = new MediaStream([track]);
      video.play()?.catch(() => {});
      seen = track;
    }
    if (video === null || video.readyState < 2) return null;
    canvas ??= openCanvas();
    canvas?.drawImage(video, 0, 0, WIDTH, HEIGHT);
    return canvas?.getImageData(0, 0, WIDTH, HEIGHT).data ?? null;
  };
  return {
    look(track) {
      if (typeof document === 'undefined') return undefined;
      if (track === null) close();
      const isSeen = track !== null && document.visibilityState === 'visible';
      let now: Uint8ClampedArray | null = null;
      try {
        now = isSeen ? pixels(track) : null;
      } catch {
        // A browser that lets no page see pixels.
      }
      const last = before;
      before = now;
      if (now === null) return undefined;
      // Every fourth is the opacity.
      if (now.every((value, at) => at % 4 === 3 || value < BLACK)) return 'black';
      if (last === null) return undefined;
      return now.every((value, at) => value === last[at]) ? 'still' : 'moving';
    },
    close,
  };
}

function openCanvas(): CanvasRenderingContext2D | null {
  const canvas = document.createElement('canvas');
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  return canvas.getContext('2d', { willReadFrequently: true });
}
