/**
 * The code that a broadcast needs only once it is live, and can do without. A chunk of its own
 * keeps the first one small.
 */
export { keepScreenOn } from './page/wake-lock.js';
export { watchPressure } from './quality/watch-pressure.js';
export { openPictureEye } from './stats/picture-look.js';
export { pollStats } from './stats/poll-stats.js';
