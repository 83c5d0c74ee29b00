import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';
import { aptInstall, findOnPath, giveUp, isProgram, run } from './find-program.js';

/**
 * The Chromium to test with: `CHROMIUM_PATH`, else one on PATH, else Playwright's own, which is
 * installed where nothing else is there. Ends the process, saying what to do, when none can be had.
 */
export function findChromium(): string {
  const given = process.env['CHROMIUM_PATH'];
  if (given !== undefined && given !== '') {
    if (isProgram(given)) return given;
    giveUp(`CHROMIUM_PATH names ${given}, which is not a program: correct it, or unset it.`);
  }
  return installedChromium() ?? installChromium();
}

function installedChromium(): string | null {
  const onPath = findOnPath('chromium', 'chromium-browser', 'google-chrome');
  if (onPath !== null) return onPath;
  const own = chromium.executablePath();
  return own !== '' && isProgram(own) ? own : null;
}

function installChromium(): string {
  console.error('Chromium is missing: installing the one of Playwright.');
  run('playwright', ['install', 'chromium']);
  const path = installedChromium();
  if (path !== null) return path;
  aptInstall('chromium');
  return (
    installedChromium() ??
    giveUp(
      'The browser tests need Chromium, and it could not be installed: install it, for example with `apt-get install chromium`, or set CHROMIUM_PATH.',
    )
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(findChromium());
