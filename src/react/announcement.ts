import type { MessageName, Messages } from './messages.js';
import { fill } from './messages.js';
import type { NoticeContent } from './notice-content.js';
import type { Stage } from './stage.js';

/** What there is to hear of a broadcast. */
export interface Situation {
  readonly stage: Stage;
  /** Whether the person has to get back online before anything else can help. */
  readonly isOffline: boolean;
  /** Whether there is a stream to go live on. */
  readonly hasStream: boolean;
  /** Whether viewers notice that they get less. */
  readonly isRough: boolean;
  /** Whether the broadcast has been seen to come out, since it is live. */
  readonly isSeen: boolean;
  /** The last mark that the countdown has passed, in seconds; `null` before the first. */
  readonly mark: number | null;
}

/** Marks of the countdown that are spoken, in seconds. */
export const SPOKEN_SECONDS = [60, 30, 10] as const;

/**
 * What to say after `before` turned to `now`: one text for what weighs most, with its cause and what
 * to do, in the words of the notice that is shown; `null` when nothing is worth a word.
 */
export function announcement(
  before: Situation,
  now: Situation,
  { notice, messages }: { readonly notice: NoticeContent | null; readonly messages: Messages },
): string | null {
  const { stage } = now;
  if (before.stage !== stage || (stage === 'reconnecting' && !before.isOffline && now.isOffline)) {
    return stageWords(before.stage, now, { notice, messages });
  }
  if (before.isRough !== now.isRough) {
    return now.isRough && notice !== null ? noticeWords(notice) : messages.sayRecovered;
  }
  if (!before.isSeen && now.isSeen) return messages.saySeen;
  // Coming back to a longer count, as with a new stream, is no news of time running out.
  if (now.mark !== null && now.mark < (before.mark ?? Infinity)) {
    const isResuming = stage === 'reconnecting' || stage === 'connecting';
    const template = isResuming ? messages.saySecondsToResume : messages.saySecondsToStart;
    return fill(template, { seconds: now.mark });
  }
  return null;
}

function stageWords(
  before: Stage,
  { stage, hasStream }: Situation,
  { notice, messages }: { readonly notice: NoticeContent | null; readonly messages: Messages },
): string {
  const wasOn = before === 'live' || before === 'reconnecting';
  switch (stage) {
    case 'blank':
      return messages.sayBlank;
    case 'ready':
      if (wasOn) return messages.sayStopped;
      return messages[hasStream ? 'sayReady' : 'sayUnstarted'];
    case 'connecting':
      return messages.sayConnecting;
    case 'live':
      return messages[before === 'reconnecting' ? 'sayLiveAgain' : 'sayLive'];
    case 'asking':
    case 'denied':
    case 'taken':
    case 'reconnecting':
    case 'expired':
    case 'failed':
      return notice === null ? messages[FALLBACK[stage]] : noticeWords(notice);
  }
}

const FALLBACK = {
  asking: 'pillAsking',
  denied: 'pillNoCamera',
  taken: 'pillTaken',
  reconnecting: 'pillReconnecting',
  expired: 'pillExpired',
  failed: 'pillFailed',
} as const satisfies Readonly<Partial<Record<Stage, MessageName>>>;

function noticeWords({ title, body }: NoticeContent): string {
  return [title, body]
    .filter((text) => text !== '')
    .map((text) => (/[.!?…]$/.test(text) ? text : `${text}.`))
    .join(' ');
}
