import { findOnPath, MissingProgram } from './find-program.js';

/** Where the tools that make the test picture and examine recordings are. */
export interface MediaTools {
  readonly ffmpeg: string;
  readonly ffprobe: string;
}

/** Finds ffmpeg and ffprobe. Throws a `MissingProgram` where one of them is not there. */
export function findMediaTools(): MediaTools {
  const ffmpeg = findOnPath('ffmpeg');
  const ffprobe = findOnPath('ffprobe');
  if (ffmpeg !== null && ffprobe !== null) return { ffmpeg, ffprobe };
  const name = ffmpeg === null ? 'ffmpeg' : 'ffprobe';
  throw new MissingProgram(
    `${name} is not installed, and this needs it: run \`npm run programs\`, which installs it, or put it on PATH.`,
  );
}
