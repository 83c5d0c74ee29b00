import { spawnSync } from 'node:child_process';
import { expect } from 'vitest';

// A test of the ingest that waits for an encoder which never starts would do so for minutes.
if (/[\\/]ingest[\\/]/.test(expect.getState().testPath ?? '')) {
  for (const program of ['ffmpeg', 'ffprobe']) {
    const { status } = spawnSync(program, ['-version'], { stdio: 'ignore' });
    if (status === 0) continue;
    throw new Error(
      `${program} is not installed, and the tests of the ingest need it: run \`npm run programs\`, which installs it.`,
    );
  }
}
