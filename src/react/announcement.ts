import type { NoticeMessages, NoticeName } from './messages.js';
import type { NoticeContent } from './notice-view.js';
import type { Stage } from './stage.js';
import { fill } from './words/fill.js';

/** The facts of a broadcast that are announced. */
export interface Situation {
  readonly stage: Stage;
  /** When the attempt failed that the stage is about, in epoch milliseconds; `null` of others. */
  readonly failedAt: number | null;
  /** Whether the person has to get back online before anything else can help. */
  readonly isOffline: boolean;
  /** Whether there is a stream to go live on. */
  readonly hasStream: boolean;
  /** Whether viewers notice that they get less, as far as it was last known. */
  readonly isRough: boolean;
  /** Whether the broadcast has been seen to come out, since it is live. */
  readonly isSeen: boolean;
  /** The last mark that the countdown has passed, in seconds; `null` before the first. */
  readonly mark: number | null;
  /** The notice that is shown, as far as a change of it is news; empty where there is none. */
  readonly notice: string;
  /** The announced reasons why viewers get less, until they get everything again. */
  readonly told: readonly string[];
}

/**
 * The announcement after `before` turned to `now`: one text for the gravest change, with its cause
 * and the remedy, in the words of the notice that is shown; `null` when nothing is worth a word.
 */
export function announcement(
  before: Situation,
  now: Situation,
  {
    notice,
    messages,
  }: { readonly notice: NoticeContent | null; readonly messages: NoticeMessages },
): string | null {
  const { stage } = now;
  const isOn = stage === 'reconnecting' || stage === 'connecting';
  const isCutOff = isOn && !before.isOffline && now.isOffline && notice !== null;
  if (before.stage !== stage || before.failedAt !== now.failedAt || isCutOff) {
    return stageWords(before, now, { notice, messages });
  }
  // Coming back to a longer count, as with a new stream, is no news of time running out.
  if (now.mark !== null && now.mark < (before.mark ?? Infinity)) {
    const template = isOn ? messages.saySecondsToResume : messages.saySecondsToStart;
    return fill(template, { seconds: now.mark });
  }
  if (before.notice !== now.notice) {
    const words = noticeWords(notice);
    if (words === '' && stage === 'ready' && now.hasStream) return messages.sayReady;
    // Announce each reason for a bad picture once, though it comes and goes.
    if (words !== '' && !before.told.includes(words)) return words;
  }
  if (stage === 'live' && before.isRough && !now.isRough) return messages.sayRecovered;
  return !before.isSeen && now.isSeen ? messages.saySeen : null;
}

/** The part of a notice that is news when it changes: of a lasting problem only its cause. */
export function noticeNews(stage: Stage, notice: NoticeContent | null): string {
  if (notice === null || stage === 'reconnecting') return '';
  return stage === 'connecting' ? notice.title : noticeWords(notice);
}

/** The announced part of the present interruption, once `now` is announced. */
export function toldBy(before: Situation, now: Omit<Situation, 'told'>): readonly string[] {
  if (now.stage !== 'live' || now.notice === '') return [];
  return before.told.includes(now.notice) ? before.told : [...before.told, now.notice];
}

function stageWords(
  before: Situation,
  { stage, hasStream }: Situation,
  {
    notice,
    messages,
  }: { readonly notice: NoticeContent | null; readonly messages: NoticeMessages },
): string {
  const asked = noticeWords(notice, messages);
  const wasLost = before.stage === 'reconnecting';
  const wasOn = before.stage === 'live' || wasLost;
  switch (stage) {
    case 'blank':
      return sentences(messages.sayBlank, asked);
    case 'ready':
      if (wasOn) return sentences(messages.sayStopped, asked);
      if (hasStream) return sentences(messages.sayReady, asked);
      return asked === '' ? messages.sayUnstarted : asked;
    case 'connecting':
      return before.stage === stage ? asked : messages.sayConnecting;
    case 'live':
      return sentences(messages[wasLost ? 'sayLiveAgain' : 'sayLive'], asked);
    case 'asking':
    case 'denied':
    case 'taken':
    case 'reconnecting':
    case 'expired':
    case 'failed':
      return asked === '' ? messages[FALLBACK[stage]] : asked;
  }
}

const FALLBACK = {
  asking: 'pillAsking',
  denied: 'pillNoCamera',
  taken: 'pillTaken',
  reconnecting: 'pillReconnecting',
  expired: 'pillExpired',
  failed: 'pillFailed',
} as const satisfies Readonly<Partial<Record<Stage, NoticeName>>>;

function noticeWords(notice: NoticeContent | null, messages?: NoticeMessages): string {
  if (notice === null) return '';
  // The visible text counts down to the next attempt; the interruption is announced just before.
  const next = notice.nextTryAt === null ? '' : (messages?.tryingNow ?? '');
  return [notice.title, notice.body, next]
    .filter((text) => text !== '')
    .map(sentence)
    .join(' ');
}

function sentences(first: string, rest: string): string {
  return rest === '' ? first : `${sentence(first)} ${rest}`;
}

function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}
