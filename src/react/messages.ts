import type { BroadcastErrorCode, HealthReason, InterruptionCause } from '../core/index.js';
import { ENCODER_WORDS } from './words/encoder-words.js';
import { FIRST_WORDS } from './words/first-words.js';
import type { ErrorWords } from './words/notice-words.js';
import { NOTICE_WORDS } from './words/notice-words.js';
import { STATS_WORDS } from './words/stats-words.js';
import { VIEWER_WORDS } from './words/viewer-words.js';
import { withOverrides } from './words/with-overrides.js';

/** Every string of the component's own, shown or spoken, in English; `{…}` marks what is filled in. */
export const MESSAGES = {
  ...NOTICE_WORDS,
  ...FIRST_WORDS,
  ...STATS_WORDS,
  ...VIEWER_WORDS,
  ...ENCODER_WORDS,
} as const satisfies Readonly<Record<string, string | Record<string, string | ErrorWords>>>;

/** The names of the single strings. */
export type MessageName = Exclude<keyof typeof MESSAGES, 'errors' | 'reasons' | 'interruptions'>;

/** Every string, complete. */
export type Messages = Readonly<Record<MessageName, string>> & {
  readonly errors: Readonly<Record<BroadcastErrorCode, ErrorWords>>;
  /** The words for each reason why viewers get less than they could. */
  readonly reasons: Readonly<Record<HealthReason, ErrorWords>>;
  /** How each cause of an interruption is named, without a full stop. */
  readonly interruptions: Readonly<Record<InterruptionCause, string>>;
};

/** Strings of one's own, in place of the English ones that carry the same name. */
export type MessageOverrides = Readonly<Partial<Record<MessageName, string>>> & {
  readonly errors?: Readonly<Partial<Record<BroadcastErrorCode, ErrorWords>>>;
  readonly reasons?: Readonly<Partial<Record<HealthReason, ErrorWords>>>;
  readonly interruptions?: Readonly<Partial<Record<InterruptionCause, string>>>;
};

/** The names of the words that a page has when it opens. */
export type FirstName = keyof typeof FIRST_WORDS;

/** The names of the words that a notice or an announcement may have. */
export type NoticeName = FirstName | Exclude<keyof typeof NOTICE_WORDS, keyof MessageTables>;

type MessageTables = Pick<Messages, 'errors' | 'reasons' | 'interruptions'>;

/** The words that a page has when it opens, with the app's own in their place. */
export type FirstMessages = Pick<Messages, FirstName>;

/** The words for notices and announcements, with the app's own in their place. */
export type NoticeMessages = Pick<Messages, NoticeName> & MessageTables;

/** The English messages with `overrides` in their place, as far as those are messages. */
export function withMessages(overrides: MessageOverrides | null | undefined): Messages {
  return withOverrides(MESSAGES, overrides);
}

/** Which overrides are none, one to a line, in words for whoever wrote them. */
export function wrongMessages(overrides: MessageOverrides | null | undefined): string {
  let complaints = '';
  withOverrides(MESSAGES, overrides, (name) => {
    complaints += `messages.${name} is not the text of a message; it is left out.\n`;
  });
  return complaints;
}
