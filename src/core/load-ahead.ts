import { loadCapturing } from './load-capturing.js';
import type { LoadPublishing } from './load-publishing.js';

/**
 * Loads ahead the code that a page which shows a broadcast is about to need: a page that is left open
 * may not find it on its server any more. A failure is told where the code is needed.
 */
export function loadAhead(publishing: LoadPublishing): void {
  loadCapturing().catch(ignore);
  // Safari has no such callback, and loads it while camera and microphone are asked for.
  globalThis.requestIdleCallback?.(() => {
    publishing(new AbortController().signal).catch(ignore);
  });
}

function ignore(): void {}
