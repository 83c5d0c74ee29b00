import { FIRST_WORDS } from './words/first-words.js';
import { NOTICE_WORDS } from './words/notice-words.js';

/**
 * The code that a page needs only once it shows its first screen. A chunk of its own keeps the first
 * one small.
 */
export { selectDelivery } from '../core/index.js';
export { announcement, noticeNews, toldBy } from './announcement.js';
export { wrongMessages } from './messages.js';
export { noticeContent } from './notice-content.js';

/** The words of all that is exported here. */
export const WORDS = { ...FIRST_WORDS, ...NOTICE_WORDS };
