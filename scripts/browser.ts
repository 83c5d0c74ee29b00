import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';
import { aptInstall, findOnPath, giveUp, isProgram, run } from './find-program.js';

/**
 * The Chromium to test with: `CHROMIUM_PATH`, else one on PATH, else Playwright's own, which is
 * installed where nothing else is there. Ends the process, saying what to do, when none can be had.
 */
export function findChromium(): string {
  return givenBrowser('CHROMIUM_PATH') ?? installedChromium() ?? installChromium();
}

/**
 * The Firefox to test with: `FIREFOX_PATH`, else one on PATH, else Debian's, which is installed. As
 * it is: Playwright drives it by WebDriver BiDi. Ends the process, saying what to do, when none can be had.
 */
export function findFirefox(): string {
  const installed = () => givenBrowser('FIREFOX_PATH') ?? findOnPath('firefox-esr', 'firefox');
  const path = installed() ?? (aptInstall('firefox-esr') ? installed() : null);
  return path ?? giveUp(missing('Firefox', 'firefox-esr', 'FIREFOX_PATH'));
}

/** What an environment variable names; ends the process where that is no program. */
function givenBrowser(variable: string): string | null {
  const given = process.env[variable];
  if (given === undefined || given === '') return null;
  if (isProgram(given)) return given;
  return giveUp(`${variable} names ${given}, which is not a program: correct it, or unset it.`);
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
  return installedChromium() ?? giveUp(missing('Chromium', 'chromium', 'CHROMIUM_PATH'));
}

function missing(browser: string, debian: string, variable: string): string {
  return `The browser tests need ${browser}, and it could not be installed: install it, for example with \`apt-get install ${debian}\`, or set ${variable}.`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(findChromium());
