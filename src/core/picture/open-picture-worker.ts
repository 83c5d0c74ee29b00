import { TrustedWorker } from '../foundation/trusted-worker.js';

/** Goes by the name of the browser's own, for bundlers look for `new Worker(new URL(…, import.meta.url))`. */
const Worker = TrustedWorker;

/** Opens the worker that draws, in the way of the ticker's. Throws where the browser refuses. */
export function openPictureWorker(): globalThis.Worker {
  return new Worker(new URL('./picture-worker.ts', import.meta.url), { type: 'module' });
}
