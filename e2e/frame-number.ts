import { BIT_COUNT, BLOCK_PIXELS, CLIP_SIZE } from './clip.js';

/** A picture that was shown: its painted number, when (performance.now()), and its size. */
export interface SeenFrame {
  /** `null` when the blocks are unreadable or their parity is wrong. */
  readonly number: number | null;
  readonly at: number;
  readonly width: number;
  readonly height: number;
}

/** Pixels that a block is drawn to before it is read. */
const CELL = 4;

/** Reads the number of every frame that this video shows, until the returned function is called. */
export function readFrames(
  video: HTMLVideoElement,
  onFrame: (frame: SeenFrame) => void,
): () => void {
  const canvas = new OffscreenCanvas((BIT_COUNT + 1) * CELL, CELL);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) throw new Error('This browser gives no 2d canvas.');
  let handle = 0;
  const look = (at: number, { width, height }: VideoFrameCallbackMetadata) => {
    handle = video.requestVideoFrameCallback(look);
    onFrame({ number: readNumber(context, video, width), at, width, height });
  };
  handle = video.requestVideoFrameCallback(look);
  return () => video.cancelVideoFrameCallback(handle);
}

function readNumber(
  context: OffscreenCanvasRenderingContext2D,
  video: HTMLVideoElement,
  width: number,
): number | null {
  // The encoder may have sent a smaller picture; the blocks shrink with it.
  const block = (BLOCK_PIXELS * width) / CLIP_SIZE.width;
  const { width: columns, height: rows } = context.canvas;
  // All at once: the video may go on to its next frame between two calls.
  context.drawImage(video, 0, 0, block * (BIT_COUNT + 1), block, 0, 0, columns, rows);
  const { data } = context.getImageData(0, rows / 2, columns, 1);
  let number = 0;
  let ones = 0;
  for (let index = 0; index <= BIT_COUNT; index += 1) {
    // Only the middle of a block: its edges bleed.
    const brightness = data[(index + 0.5) * CELL * 4] ?? 0;
    // Neither black nor white: not our picture.
    if (brightness > 80 && brightness < 175) return null;
    if (brightness < 128) continue;
    ones += 1;
    if (index < BIT_COUNT) number += 2 ** index;
  }
  return ones % 2 === 1 ? number : null;
}
