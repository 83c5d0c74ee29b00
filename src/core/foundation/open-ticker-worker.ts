import { TrustedWorker } from './trusted-worker.js';

/** Goes by the name of the browser's own, for bundlers look for `new Worker(new URL(…, import.meta.url))`. */
const Worker = TrustedWorker;

/**
 * Opens the ticker's worker, also where the page lets only trusted addresses through (W3C Trusted
 * Types); throws where the browser refuses. It is a file of the package, for a policy that is strict
 * allows no worker made of text. Imported on demand, because Jest, which makes CommonJS of what is
 * imported outright, cannot read `import.meta`.
 */
export function openTickerWorker(): globalThis.Worker {
  return new Worker(new URL('./ticker-worker.ts', import.meta.url), { type: 'module' });
}
