import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext } from '@playwright/test';
import { chromium } from '@playwright/test';
import { waitUntil } from './wait-until.js';

/** A Chromium whose tabs really hide behind each other; Playwright makes its own believe that they never do. */
export interface HideableBrowser {
  readonly context: BrowserContext;
  close(): Promise<void>;
}

/** Starts one with a profile of its own, which goes when it is closed. */
export async function launchHideable(
  executablePath: string,
  args: readonly string[],
): Promise<HideableBrowser> {
  const profile = mkdtempSync(join(tmpdir(), 'wb-profile-'));
  // Without a window of its own there is none in the making while Playwright attaches to them all.
  const own = ['--headless=new', '--no-first-run', '--no-startup-window'];
  const child = spawn(
    executablePath,
    [...args, ...own, '--remote-debugging-port=0', `--user-data-dir=${profile}`],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  child.stderr.resume();
  // Its children write to the profile for a moment longer; the last of them closes the pipe.
  const ended = once(child, 'close');
  const close = async () => {
    child.kill();
    await ended;
    rmSync(profile, { recursive: true });
  };
  try {
    const port = await waitUntil('Chromium names its port', () => portOf(profile), Boolean);
    const browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`, {
      noDefaults: true,
    });
    const [context] = browser.contexts();
    if (context === undefined) throw new Error('Chromium has no context.');
    return {
      context,
      async close() {
        await browser.close();
        await close();
      },
    };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

/** The port in the file that Chromium writes once it listens; empty before. */
function portOf(profile: string): string {
  try {
    const [port = ''] = readFileSync(join(profile, 'DevToolsActivePort'), 'utf8').split('\n');
    return port;
  } catch {
    return '';
  }
}
