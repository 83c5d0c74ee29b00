import { aborted } from '../foundation/abort.js';
import { keepTicking } from '../foundation/ticker.js';
import { elapsedMs, sleep } from '../foundation/time.js';
import { STILL_FRAME_RATE } from './composition.js';
import type { Engine, EngineNews, Shown } from './engine.js';
import { createPainter } from './painter.js';

/** The track of a canvas, which gives a frame when it is asked, where the browser has that. */
interface CanvasTrack extends MediaStreamTrack {
  requestFrame?(): void;
}

/**
 * Opens an engine that draws on a canvas of the page. A worker ticks, so that it goes on in a hidden
 * page; where a content policy forbids that worker, a hidden page sends one frame a second.
 */
export async function openCanvasEngine(news: EngineNews, signal: AbortSignal): Promise<Engine> {
  const canvas = globalThis.document?.createElement('canvas');
  const context = canvas?.getContext?.('2d', { alpha: false }) ?? null;
  if (canvas === undefined || context === null || typeof canvas.captureStream !== 'function') {
    throw new Error('There is no canvas here that gives a track.');
  }
  const isOnRequest =
    typeof CanvasCaptureMediaStreamTrack !== 'undefined' &&
    'requestFrame' in CanvasCaptureMediaStreamTrack.prototype;
  const [track] = (isOnRequest ? canvas.captureStream(0) : canvas.captureStream()).getVideoTracks();
  if (track === undefined) throw new Error('The canvas gives no track.');
  const videos = new Map<string, HTMLVideoElement>();
  let shown: Shown | null = null;
  let told = '';
  const painter = createPainter({
    context,
    source(input) {
      const video = videos.get(input);
      if (video === undefined || video.readyState < 2) return null;
      return { image: video, width: video.videoWidth, height: video.videoHeight };
    },
    image(key) {
      const image = shown?.images.get(key);
      return image === undefined ? null : { image, width: image.width, height: image.height };
    },
    onPainted() {
      (track as CanvasTrack).requestFrame?.();
      const size = `${canvas.width}×${canvas.height}`;
      if (told !== size) news.onDrawn({ width: canvas.width, height: canvas.height });
      told = size;
    },
    now: elapsedMs,
  });
  const drop = (name: string) => {
    const video = videos.get(name);
    if (video !== undefined) video.srcObject = null;
    videos.delete(name);
  };
  void aborted(signal).then(() => {
    track.stop();
    for (const name of [...videos.keys()]) drop(name);
  });
  keepTicking(signal);
  void tick();
  return {
    track,
    show(next) {
      shown = next;
      for (const name of [...videos.keys()]) if (!next.inputs.has(name)) drop(name);
      for (const [name, source] of next.inputs) {
        const [before] = streamOf(videos.get(name))?.getVideoTracks() ?? [];
        if (before !== source) videos.set(name, play(source));
      }
      painter.show(next.composition);
    },
  };

  async function tick(): Promise<void> {
    let due = elapsedMs();
    while (!signal.aborted) {
      try {
        if (videos.size > 0) painter.sourceMoved();
        painter.beat();
      } catch (thrown) {
        news.onBroken(thrown);
      }
      const rate = videos.size > 0 ? shown?.composition.frameRate : undefined;
      // Late ticks are not made up for.
      due = Math.max(due + 1_000 / (rate || STILL_FRAME_RATE), elapsedMs());
      await sleep(due - elapsedMs(), signal).catch(() => {});
    }
  }
}

function streamOf(video: HTMLVideoElement | undefined): MediaStream | null {
  return (video?.srcObject as MediaStream | null | undefined) ?? null;
}

function play(track: MediaStreamTrack): HTMLVideoElement {
  const video = document.createElement('video');
  video.muted = true;
  video.playsInline = true;
  video.srcObject = new MediaStream([track]);
  // Muted video may always play; a browser that spares power shows the first frame.
  video.play()?.catch(() => {});
  return video;
}
