import type { Drawable } from './composition.js';
import type { FromPictureWorker, ToPictureWorker } from './engine.js';
import { frameStreams } from './frame-streams.js';
import { BEAT_MS, createPainter } from './painter.js';

/**
 * The code of the worker that draws, never imported: a hidden page's own timers run once a second, and
 * a worker's run on. The package ships it as a file of its own, with all that it imports.
 */

/** One input: the newest frame, and how to let go of it. */
interface Input {
  frame: VideoFrame | null;
  end(): void;
}

const inputs = new Map<string, Input>();
const images = new Map<number, ImageBitmap>();
const canvas = new OffscreenCanvas(2, 2);
let writer: WritableStreamDefaultWriter<VideoFrame> | null = null;
let told = '';

const say = (message: FromPictureWorker, transfer: readonly Transferable[] = []) =>
  self.postMessage(message, { transfer: [...transfer] });

const broken = (thrown: unknown) =>
  say({ type: 'broken', name: thrown instanceof Error ? thrown.name : 'Error' });

const context = canvas.getContext('2d', { alpha: false });
const painter =
  context === null
    ? null
    : createPainter({
        context,
        source: (name) => drawableOf(inputs.get(name)?.frame ?? null),
        image: (key) => imageOf(images.get(key)),
        onPainted: write,
        now: () => performance.now(),
      });

function drawableOf(frame: VideoFrame | null): Drawable | null {
  if (frame === null) return null;
  return { image: frame, width: frame.displayWidth, height: frame.displayHeight };
}

function imageOf(image: ImageBitmap | undefined): Drawable | null {
  return image === undefined ? null : { image, width: image.width, height: image.height };
}

function write(at: number): void {
  // A consumer that is behind gets a later picture, not a queue of old ones.
  if (writer === null || (writer.desiredSize ?? 0) <= 0) return;
  const frame = new VideoFrame(canvas, { timestamp: Math.round(at * 1_000), alpha: 'discard' });
  writer
    .write(frame)
    .catch(broken)
    .finally(() => frame.close());
  const size = `${canvas.width}×${canvas.height}`;
  if (told !== size) say({ type: 'drawn', width: canvas.width, height: canvas.height });
  told = size;
}

function guarded(paint: () => void): void {
  try {
    paint();
  } catch (thrown) {
    broken(thrown);
  }
}

function begin(given: WritableStream<VideoFrame> | null): void {
  const { VideoTrackGenerator } = frameStreams();
  if (painter === null || (given === null && VideoTrackGenerator === undefined)) {
    say({ type: 'unable' });
    return;
  }
  const generator = given === null && VideoTrackGenerator ? new VideoTrackGenerator() : null;
  writer = (generator?.writable ?? given)?.getWriter() ?? null;
  setInterval(() => guarded(painter.beat), BEAT_MS);
  if (generator === null) say({ type: 'begun', track: null });
  else {
    const { track } = generator;
    say({ type: 'begun', track }, [track as unknown as Transferable]);
  }
}

async function follow(readable: ReadableStream<VideoFrame>, input: Input): Promise<void> {
  const reader = readable.getReader();
  const end = input.end;
  let isOver = false;
  input.end = () => {
    isOver = true;
    reader.cancel().catch(() => {});
    input.frame?.close();
    input.frame = null;
    end();
  };
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    if (isOver) {
      value.close();
      return;
    }
    input.frame?.close();
    input.frame = value;
    guarded(() => painter?.sourceMoved());
  }
}

function readableOf(track: MediaStreamTrack): ReadableStream<VideoFrame> {
  const { MediaStreamTrackProcessor } = frameStreams();
  if (MediaStreamTrackProcessor === undefined) {
    throw new DOMException('There is no MediaStreamTrackProcessor here.', 'NotSupportedError');
  }
  return new MediaStreamTrackProcessor({ track }).readable;
}

function drop(name: string): void {
  inputs.get(name)?.end();
  inputs.delete(name);
}

function take(message: ToPictureWorker): void {
  switch (message.type) {
    case 'begin':
      begin(message.writable);
      return;
    case 'input': {
      const { name, readable, track } = message;
      drop(name);
      const input: Input = { frame: null, end: () => track?.stop() };
      inputs.set(name, input);
      const stream = readable ?? (track === null ? null : readableOf(track));
      if (stream !== null) follow(stream, input).catch(broken);
      return;
    }
    case 'drop':
      drop(message.name);
      return;
    case 'image':
      images.set(message.key, message.bitmap);
      return;
    case 'compose':
      painter?.show(message.composition);
      return;
    case 'end':
      for (const name of [...inputs.keys()]) drop(name);
      for (const image of images.values()) image.close();
      writer?.close().catch(() => {});
      self.close();
  }
}

self.addEventListener('message', ({ data }: MessageEvent) =>
  guarded(() => take(data as ToPictureWorker)),
);
