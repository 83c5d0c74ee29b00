import process from 'node:process';
import { chromium } from '@playwright/test';
import { findOnPath, isProgram, MissingProgram } from './find-program.js';

/**
 * The Chromium to test with: `CHROMIUM_PATH`, else one on PATH, else Playwright's own. Throws a
 * `MissingProgram` where there is none.
 */
export function findChromium(): string {
  const path = lookForChromium();
  if (path !== null) return path;
  throw missing('Chromium', 'CHROMIUM_PATH');
}

/**
 * The Firefox to test with: `FIREFOX_PATH`, else one on PATH. As it is: Playwright drives it by
 * WebDriver BiDi. Throws a `MissingProgram` where there is none.
 */
export function findFirefox(): string {
  const path = lookForFirefox();
  if (path !== null) return path;
  throw missing('Firefox', 'FIREFOX_PATH');
}

/** As `findChromium`, but `null` where there is none. */
export function lookForChromium(): string | null {
  const path =
    givenBrowser('CHROMIUM_PATH') ?? findOnPath('chromium', 'chromium-browser', 'google-chrome');
  if (path !== null) return path;
  const own = chromium.executablePath();
  return own !== '' && isProgram(own) ? own : null;
}

/** As `findFirefox`, but `null` where there is none. */
export function lookForFirefox(): string | null {
  return givenBrowser('FIREFOX_PATH') ?? findOnPath('firefox-esr', 'firefox');
}

/**
 * The program that an environment variable names. Throws a `MissingProgram` where it names none.
 */
function givenBrowser(variable: string): string | null {
  const given = process.env[variable];
  if (given === undefined || given === '') return null;
  if (isProgram(given)) return given;
  throw new MissingProgram(
    `${variable} names ${given}, which is not a program: correct it, or unset it.`,
  );
}

function missing(browser: string, variable: string): MissingProgram {
  return new MissingProgram(
    `${browser} is not installed, and this needs it: run \`npm run programs\`, which installs it, or set ${variable}.`,
  );
}
