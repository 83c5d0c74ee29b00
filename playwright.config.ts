import { defineConfig } from '@playwright/test';
import { chromiumArgs } from './e2e/browser-flags.js';
import { findChromium } from './scripts/browser.js';

/** Faults and the short soak, which end well however busy the machine is. */
const STAYING_LIVE = ['**/faults.spec.ts', '**/soak.spec.ts'];
/** What wears the machine out, and judges it. */
const ALONE = ['**/busy-machine.spec.ts'];
/** The apps under examples/, each installed from the packed build. */
const EXAMPLES = ['**/examples/*.spec.ts'];

export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  globalSetup: ['./e2e/media.ts', './e2e/firefox-host.ts'],
  outputDir: 'test-results/browser',
  // Each test encodes and decodes video, and waits most of the time.
  workers: 2,
  retries: 0,
  forbidOnly: true,
  timeout: 120_000,
  expect: { timeout: 30_000 },
  reporter: [['list'], ['json', { outputFile: 'test-results/browser.json' }]],
  use: {
    permissions: ['camera', 'microphone'],
    trace: 'off',
    screenshot: 'only-on-failure',
    launchOptions: { executablePath: findChromium(), args: [...chromiumArgs()] },
  },
  projects: [
    {
      name: 'chromium',
      use: { browserName: 'chromium' },
      testIgnore: [...STAYING_LIVE, ...ALONE, ...EXAMPLES],
    },
    {
      name: 'faults',
      use: { browserName: 'chromium' },
      testMatch: STAYING_LIVE,
      fullyParallel: true,
    },
    {
      name: 'firefox',
      use: {
        browserName: 'firefox',
        // Playwright's name for a Firefox that is not its own; permissions are preferences there.
        channel: 'moz-firefox',
        permissions: [],
        launchOptions: {
          firefoxUserPrefs: {
            'media.navigator.streams.fake': true,
            'media.navigator.permission.disabled': true,
            'media.autoplay.default': 0,
            // As for a page that was given a camera; else each candidate has to be found by multicast.
            'media.peerconnection.ice.obfuscate_host_addresses': false,
          },
        },
      },
      grep: /@firefox/,
    },
    {
      name: 'examples',
      use: { browserName: 'chromium' },
      testMatch: EXAMPLES,
      fullyParallel: true,
      // An install, a build and a start come before each page.
      timeout: 300_000,
    },
    { name: 'alone', use: { browserName: 'chromium' }, testMatch: ALONE, workers: 1 },
  ],
});
