import { BIT_COUNT, BLOCK_PIXELS, CLIP_SIZE } from './clip.js';

/** A picture that was shown: its painted number, when (performance.now()), and its size. */
export interface SeenFrame {
  /** `null` when the blocks are unreadable or their parity is wrong. */
  readonly number: number | null;
  readonly at: number;
  readonly width: number;
  readonly height: number;
}

/** Reads the number of every frame that this video shows, until the returned function is called. */
export function readFrames(
  video: HTMLVideoElement,
  onFrame: (frame: SeenFrame) => void,
): () => void {
  const canvas = new OffscreenCanvas(BIT_COUNT + 1, 1);
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
  for (let index = 0; index <= BIT_COUNT; index += 1) {
    // Only the middle of a block: its edges bleed.
    const [x, y, size] = [(index + 0.25) * block, block / 4, block / 2];
    context.drawImage(video, x, y, size, size, index, 0, 1, 1);
  }
  const { data } = context.getImageData(0, 0, BIT_COUNT + 1, 1);
  let number = 0;
  let ones = 0;
  for (let index = 0; index <= BIT_COUNT; index += 1) {
    const brightness = data[index * 4] ?? 0;
    // Neither black nor white: not our picture.
    if (brightness > 80 && brightness < 175) return null;
    if (brightness < 128) continue;
    ones += 1;
    if (index < BIT_COUNT) number += 2 ** index;
  }
  return ones % 2 === 0 ? number : null;
}
