/**
 * The code that opens, watches and releases devices, needed once a source is asked for.
 * A chunk of its own keeps the first one small.
 */
export { runCapture } from './capture.js';
export { createMediaOpener } from './open-media.js';
