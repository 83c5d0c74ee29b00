import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { VideoCodec } from '../media/codecs.js';
import { type Clip, readH264, readVp8 } from './test-publisher.js';

const run = promisify(execFile);

/** Turns between two clips, each for about two seconds at 25 frames a second. */
export function turning(one: Clip, other: Clip): Clip {
  const frames = [one, other].flatMap((clip) => Array.from({ length: 5 }, () => clip.frames));
  return { codec: one.codec, frames: frames.flat() };
}

/** Encodes ten frames of a moving picture with ffmpeg, `320x180` unless told otherwise. */
export async function makeClip(codec: VideoCodec, size = '320x180'): Promise<Clip> {
  const folder = await mkdtemp(join(tmpdir(), 'clip-'));
  const source = ['-v', 'error', '-f', 'lavfi', '-i'];
  source.push(`testsrc=s=${size}:r=25:d=0.4,format=yuv420p`);
  try {
    if (codec === 'VP8') {
      const file = join(folder, 'clip.ivf');
      await run('ffmpeg', [...source, '-c:v', 'libvpx', file]);
      return readVp8(file);
    }
    const file = join(folder, 'clip.h264');
    const x264 = ['-profile:v', 'baseline', '-x264-params', 'sliced-threads=0:slices=1:aud=0'];
    await run('ffmpeg', [...source, '-c:v', 'libx264', ...x264, file]);
    return readH264(file);
  } finally {
    await rm(folder, { recursive: true });
  }
}
