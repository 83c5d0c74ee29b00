import type { BrowserContext, Page } from '@playwright/test';
import { chromium } from '@playwright/test';
import type { App } from '../e2e/app.js';
import { startApp } from '../e2e/app.js';
import { chromiumArgs } from '../e2e/browser-flags.js';
import makeClip from '../e2e/media.js';
import type { Ingest } from '../ingest/index.js';
import { startIngest } from '../ingest/index.js';
import { findChromium } from '../scripts/browser.js';

/** The tools of a benchmark in the browser. */
export interface Stage {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly app: App;
  readonly ingest: Ingest;
}

/** Runs `work` on a page with camera and microphone, beside a local ingest; ends all of it. */
export async function withPage<Result>(work: (stage: Stage) => Promise<Result>): Promise<Result> {
  makeClip();
  const [ingest, app] = await Promise.all([startIngest(), startApp()]);
  const browser = await chromium.launch({
    executablePath: findChromium(),
    args: [...chromiumArgs()],
  });
  try {
    const context = await browser.newContext({ permissions: ['camera', 'microphone'] });
    return await work({ page: await context.newPage(), context, app, ingest });
  } finally {
    await browser.close();
    await Promise.all([ingest.close(), app.close()]);
  }
}
