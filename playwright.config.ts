import { defineConfig } from '@playwright/test';
import { chromiumArgs } from './e2e/browser-flags.js';
import { findChromium } from './scripts/browser.js';

/** Six minutes by themselves, so they have a command of their own: `npm run test:faults`. */
const STAYING_LIVE = ['**/faults.spec.ts', '**/soak.spec.ts'];

export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  globalSetup: './e2e/media.ts',
  outputDir: 'test-results/browser',
  // Each test encodes and decodes video: two at once would fight for the processor.
  workers: 1,
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
    { name: 'chromium', use: { browserName: 'chromium' }, testIgnore: STAYING_LIVE },
    { name: 'faults', use: { browserName: 'chromium' }, testMatch: STAYING_LIVE },
  ],
});
