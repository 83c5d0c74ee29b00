import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { aptInstall, findOnPath, giveUp } from './find-program.js';

/** Where the tools that make the test picture and examine recordings are. */
export interface MediaTools {
  readonly ffmpeg: string;
  readonly ffprobe: string;
}

/** Finds ffmpeg and ffprobe, or installs them. Ends the process, saying what to do, if it cannot. */
export function findMediaTools(): MediaTools {
  const found = onPath() ?? (aptInstall('ffmpeg') ? onPath() : null);
  return (
    found ??
    giveUp(
      'The browser tests need ffmpeg and ffprobe on PATH, and they could not be installed: install them, for example with `apt-get install ffmpeg`.',
    )
  );
}

function onPath(): MediaTools | null {
  const ffmpeg = findOnPath('ffmpeg');
  const ffprobe = findOnPath('ffprobe');
  return ffmpeg === null || ffprobe === null ? null : { ffmpeg, ffprobe };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(findMediaTools());
