import type { BroadcastError } from '../core/index.js';
import type { FirstMessages, FirstName } from './messages.js';
import type { NoticeContent, NoticeView } from './notice-view.js';

/** Everything that a notice depends on, with the words that a page has when it opens. */
export interface FirstNoticeView extends Omit<NoticeView, 'messages'> {
  readonly messages: FirstMessages;
}

/** A notice has none of these. */
export const NOTHING = { action: null, error: null, nextTryAt: null } as const;

/** A notice that only informs. */
export function info<Name extends string>(
  { messages }: { readonly messages: Readonly<Record<NoInfer<Name>, string>> },
  title: Name,
  body: Name,
): NoticeContent {
  return { tone: 'info', title: messages[title], body: messages[body], ...NOTHING };
}

/** The notice before a person was asked for camera and microphone. */
export function askNotice({ state, messages }: Pick<FirstNoticeView, 'state' | 'messages'>) {
  const camera = state.camera.status !== 'excluded';
  const microphone = state.microphone.status !== 'excluded';
  if (!camera && !microphone) {
    const tone = 'problem' as const;
    return { ...info({ messages }, 'nothingTitle', 'nothingBody'), tone };
  }
  const body = camera ? (microphone ? 'askBoth' : 'askCamera') : 'askMicrophone';
  return info({ messages }, 'askTitle', body);
}

/**
 * The notice until the words of the others are loaded: the first screen as it stays, and of an error
 * what it says of itself.
 */
export function firstNotice(view: FirstNoticeView): NoticeContent | null {
  const { stage, state, messages } = view;
  const { target } = state;
  if (stage === 'asking') return info(view, 'askingTitle', 'askingBody');
  if (stage === 'blank') {
    return target.status === 'invalid' ? plain('pillFailed', target.error) : askNotice(view);
  }
  const sources = stage === 'denied' ? [state.camera, state.microphone] : [state.connection];
  const failed = sources.find(({ status }) => status === 'failed');
  if (failed?.status !== 'failed') return null;
  return plain(stage === 'denied' ? 'pillNoCamera' : 'pillFailed', failed.error);

  function plain(title: FirstName, error: BroadcastError): NoticeContent {
    return { tone: 'problem', title: messages[title], body: error.message, ...NOTHING, error };
  }
}
