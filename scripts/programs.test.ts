import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { findChromium, findFirefox } from './browser.js';
import { MissingProgram } from './find-program.js';
import { findMediaTools } from './media-tools.js';
import { preparePrograms } from './programs.js';

/** The only folder on PATH, so that nothing can be installed either. */
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'programs-'));
  vi.stubEnv('PATH', folder);
  vi.spyOn(console, 'error').mockImplementation(() => {});
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const place = (name: string, script: string) =>
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });

function sentences(...names: Parameters<typeof preparePrograms>[0]): readonly string[] {
  try {
    preparePrograms(names);
    return [];
  } catch (thrown) {
    if (thrown instanceof MissingProgram) return thrown.message.split('\n');
    throw thrown;
  }
}

describe('on a machine that cannot install anything', () => {
  it('there is one sentence for each program that is missing', () => {
    expect(sentences('ffmpeg', 'firefox', 'tar')).toEqual([
      'ffmpeg is needed for test pictures, encoders and recordings, and it is not installed: install it, for example with `apt-get install ffmpeg`.',
      'Firefox is needed for the browser tests, and it is not installed: install it, for example with `apt-get install firefox-esr`.',
      'tar is needed to unpack the package, and it is not installed: install it, for example with `apt-get install tar`.',
    ]);
  });

  it('a program that does not run is as good as none', () => {
    place('tar', 'exit 127');
    expect(sentences('tar').join()).toContain(`${join(folder, 'tar')} does not run`);
  });

  it('an ffmpeg that lacks an encoder is named, with what it lacks', () => {
    place('ffmpeg', 'echo libx264 libopus aac mpeg2video rtmp srt');
    expect(sentences('ffmpeg').join()).toContain('was built without libvpx: put another first');
  });

  it('a browser that is named, and is none, is refused with the name of the variable', () => {
    vi.stubEnv('FIREFOX_PATH', join(folder, 'no-firefox'));
    expect(sentences('firefox').join()).toMatch(/^FIREFOX_PATH names .*which is not a program/);
  });

  it('a program that is there is enough', () => {
    place('tar', 'exit 0');
    place('ffmpeg', 'echo libx264 libvpx libopus aac mpeg2video rtmp srt');
    expect(sentences('tar', 'ffmpeg')).toEqual([]);
  });
});

it('a test that is run by itself is told at once which program it lacks', () => {
  expect(findMediaTools).toThrow(/^ffmpeg is not installed, and this needs it: run `npm run prog/);
  place('ffmpeg', 'exit 0');
  expect(findMediaTools).toThrow(/^ffprobe is not installed/);
  expect(findFirefox).toThrow(/^Firefox is not installed, and this needs it/);
  vi.stubEnv('CHROMIUM_PATH', folder);
  expect(findChromium).toThrow(/^CHROMIUM_PATH names/);
});
