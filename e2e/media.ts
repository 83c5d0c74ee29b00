import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findMediaTools } from '../scripts/media-tools.js';
import { BIT_COUNT, BLOCK_PIXELS, CLIP_FRAMES, CLIP_SIZE, TONE_HZ } from './clip.js';

/** A test picture that moves, with its frame number painted on top, and a tone each second. */
export interface Clip {
  readonly video: string;
  readonly audio: string;
}

/** Where the clip is, or will be; its name says how it was made. */
export function clipFiles(): Clip {
  const key = createHash('sha256').update(recipe().flat().join(' ')).digest('hex').slice(0, 12);
  const folder = fileURLToPath(new URL('../.cache/media/', import.meta.url));
  return { video: join(folder, `${key}.mjpeg`), audio: join(folder, `${key}.wav`) };
}

/** Makes the clip, once; Playwright runs this before the first test. */
// biome-ignore lint/style/noDefaultExport: Playwright looks for a default export.
export default function makeClip(): void {
  const { video, audio } = clipFiles();
  const { ffmpeg } = findMediaTools();
  mkdirSync(dirname(video), { recursive: true });
  const [picture, sound] = recipe();
  make(ffmpeg, picture, video);
  make(ffmpeg, sound, audio);
}

/** A run that was interrupted leaves no half clip under the final name. */
function make(ffmpeg: string, args: readonly string[], file: string): void {
  if (existsSync(file)) return;
  const partial = file.replace(/(\.\w+)$/, '.partial$1');
  execFileSync(ffmpeg, [...args, '-y', partial], { stdio: ['ignore', 'inherit', 'inherit'] });
  renameSync(partial, file);
}

function recipe(): readonly [picture: readonly string[], sound: readonly string[]] {
  const { width, height, frameRate } = CLIP_SIZE;
  const seconds = CLIP_FRAMES / frameRate;
  const background = `drawbox=x=0:y=0:w=${BLOCK_PIXELS * (BIT_COUNT + 1)}:h=${BLOCK_PIXELS}:color=black:t=fill`;
  const bits = Array.from({ length: BIT_COUNT }, (_, bit) => block(bit, oneBit(bit)));
  const ones = Array.from({ length: BIT_COUNT }, (_, bit) => oneBit(bit)).join('+');
  const parity = block(BIT_COUNT, `1-mod(${ones},2)`);
  const silentLog = ['-hide_banner', '-loglevel', 'error'];
  return [
    [
      ...silentLog,
      ...['-f', 'lavfi', '-i', `testsrc2=size=${width}x${height}:rate=${frameRate}`],
      ...['-vf', [background, ...bits, parity].join(','), '-t', String(seconds)],
      ...['-pix_fmt', 'yuvj420p', '-q:v', '4', '-f', 'mjpeg'],
    ],
    [
      ...silentLog,
      ...['-f', 'lavfi', '-i', `aevalsrc='0.5*sin(2*PI*${TONE_HZ}*t)*lt(mod(t,1),0.25)':s=48000`],
      ...['-t', String(seconds), '-c:a', 'pcm_s16le', '-f', 'wav'],
    ],
  ];
}

function oneBit(bit: number): string {
  return `mod(floor(n/${2 ** bit}),2)`;
}

function block(index: number, isWhite: string): string {
  const place = `x=${index * BLOCK_PIXELS}:y=0:w=${BLOCK_PIXELS}:h=${BLOCK_PIXELS}`;
  return `drawbox=${place}:color=white:t=fill:enable='${isWhite}'`;
}
