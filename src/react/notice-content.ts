import { familyOf } from '../core/errors.js';
import type { BroadcastError, Interruption, ResumeStep } from '../core/index.js';
import { selectIsTaken, standingOf } from '../core/index.js';
import { askNotice, info, NOTHING } from './first-notice.js';
import { isForGood, mayHelpInTab } from './for-good.js';
import { isRough } from './health-levels.js';
import type { NoticeName } from './messages.js';
import type { NoticeContent, NoticeView } from './notice-view.js';
import { refusalOf } from './stage.js';
import { fill } from './words/fill.js';

/** From how many seconds left on the notice asks to hurry. */
export const SOON_SECONDS = 30;

/** The notice for what is seen now, or `null` when nothing asks for the person. */
export function noticeContent(view: NoticeView): NoticeContent | null {
  switch (view.stage) {
    case 'asking':
      return info(view, 'askingTitle', 'askingBody');
    case 'denied':
      return deniedNotice(view);
    case 'blank':
      return targetNotice(view) ?? screenNotice(view) ?? blankNotice(view);
    case 'ready':
      return startNotice(view) ?? targetNotice(view) ?? readyNotice(view);
    case 'taken':
      return startNotice(view) ?? takenNotice(view);
    case 'connecting':
      return view.isSlow ? connectingNotice(view) : null;
    case 'live':
      return (
        sourceNotice(view) ??
        screenNotice(view) ??
        heldNotice(view) ??
        healthNotice(view) ??
        soundNotice(view) ??
        standInNotice(view)
      );
    case 'reconnecting':
      return lostNotice(view);
    case 'expired':
      return startNotice(view) ?? expiredNotice(view);
    case 'failed':
      return startNotice(view) ?? failedNotice(view);
  }
}

function errorNotice(
  { messages }: NoticeView,
  tone: NoticeContent['tone'],
  error: BroadcastError,
): NoticeContent {
  // An app may hand over an error of a newer core than these words know.
  const { title, next } = messages.errors[error.code] ?? messages.errors.unexpected;
  return { tone, title, body: next, ...NOTHING, error };
}

function deniedNotice(view: NoticeView): NoticeContent | null {
  const { camera, microphone } = view.state;
  const errors = [camera, microphone].flatMap((source) =>
    source.status === 'failed' ? [source.error] : [],
  );
  // A problem that can be mended here goes before one that cannot.
  const error = errors.find((each) => !isForGood(each)) ?? errors[0];
  if (error === undefined) return null;
  const notice = errorNotice(view, 'problem', error);
  return error.code === 'permission-denied' ? { ...notice, body: howToAllow(view) } : notice;
}

function howToAllow({ browser, messages }: NoticeView): string {
  const names = {
    chrome: 'allowInChrome',
    edge: 'allowInEdge',
    firefox: 'allowInFirefox',
    safari: 'allowInSafari',
    ios: 'allowOnIos',
    android: 'allowOnAndroid',
  } as const satisfies Record<typeof browser, keyof typeof messages>;
  return messages[names[browser]];
}

/** How starting stands, wherever the stream has to be started before anything else can be done. */
function startNotice(view: NoticeView): NoticeContent | null {
  const { stage, state, start, messages } = view;
  if (stage !== 'expired' && state.target.status !== 'unset') return null;
  if (start.isPending) return info(view, 'startingTitle', 'startingBody');
  if (start.problem !== null) {
    const title = messages.startFailedTitle;
    return { tone: 'problem', title, body: start.problem, ...NOTHING };
  }
  if (stage !== 'ready' || !start.isPossible) return null;
  switch (standingOf(state.stream.word)) {
    case 'running':
      return info(view, 'runningTitle', 'runningBody');
    case 'over':
      return info(view, 'overTitle', 'overBody');
    case 'unknown':
      return info(view, 'notStartedTitle', 'notStartedBody');
  }
}

function targetNotice(view: NoticeView): NoticeContent | null {
  const { target } = view.state;
  if (target.status === 'invalid') return errorNotice(view, 'problem', target.error);
  if (target.status === 'unset' && view.stage === 'ready') {
    return info(view, 'noTargetTitle', 'noTargetBody');
  }
  return null;
}

function blankNotice(view: NoticeView): NoticeContent {
  if (view.clock.phase === 'expired') return { ...expiredNotice(view), action: null };
  const { camera, microphone } = view.state;
  const hasCamera = camera.status !== 'excluded';
  if ((hasCamera || microphone.status !== 'excluded') && selectIsTaken(view.state)) {
    return info(view, 'elsewhereTitle', hasCamera ? 'elsewhereCamera' : 'elsewhereMicrophone');
  }
  return askNotice(view);
}

function readyNotice(view: NoticeView): NoticeContent | null {
  const { connection } = view.state;
  // The clock that ended the last attempt was wrong, as the server tells.
  if (connection.status === 'failed' && familyOf(connection.error) === 'window') {
    return info(view, 'stillRunningTitle', 'stillRunningBody');
  }
  const { phase, remainingSeconds: left } = view.clock;
  if (phase === 'interrupted' && left === null) {
    return info(view, 'stillRunningTitle', 'stillRunningBody');
  }
  if (left !== null && left <= SOON_SECONDS) {
    return { ...info(view, 'soonTitle', 'soonBody'), tone: 'warning' };
  }
  // Worth knowing before the button is pressed.
  const refusal = refusalOf(view.state);
  if (refusal !== null) return errorNotice(view, 'warning', refusal);
  return (
    sourceNotice(view) ??
    screenNotice(view) ??
    heldNotice(view) ??
    soundNotice(view) ??
    standInNotice(view)
  );
}

function takenNotice(view: NoticeView): NoticeContent {
  const { connection } = view.state;
  const error = connection.status === 'failed' ? connection.error : null;
  const { problem } = view.start;
  return {
    ...info(view, 'takenTitle', 'takenBody'),
    tone: 'warning',
    error,
    // Why it could not be taken over.
    ...(problem !== null && { body: problem }),
  };
}

function sourceNotice(view: NoticeView): NoticeContent | null {
  const { messages, state } = view;
  const isLive = view.stage === 'live';
  const { reasons } = messages;
  for (const [source, title] of [
    [state.camera, isLive ? reasons['camera-lost'].title : messages.noCameraTitle],
    [state.microphone, isLive ? reasons['microphone-lost'].title : messages.noMicrophoneTitle],
  ] as const) {
    if (source.status !== 'failed') continue;
    // Viewers have something to see.
    if (source === state.camera && state.screen.status === 'on') continue;
    const notice = { ...causeNotice(view, 'warning', source.error), title };
    if (!isForGood(source.error)) {
      return { ...notice, action: { type: 'preview', label: messages.tryAgain } };
    }
    // A tab beside a broadcast would be refused its stream.
    return !isLive && mayHelpInTab(source.error)
      ? { ...notice, action: { type: 'open-tab', label: messages.openInTab } }
      : notice;
  }
  return null;
}

/** A device that is open and gives nothing is taken back by itself, but whatever holds it may be ended. */
function heldNotice(view: NoticeView): NoticeContent | null {
  const { camera, microphone } = view.state;
  const isHeld = (source: typeof camera) =>
    source.status === 'on' && !source.muted && source.interrupted !== undefined;
  const title = isHeld(camera)
    ? 'heldCameraTitle'
    : isHeld(microphone)
      ? 'heldMicrophoneTitle'
      : null;
  return title && { ...info(view, title, 'heldBody'), tone: 'warning' };
}

function soundNotice(view: NoticeView): NoticeContent | null {
  const { messages, warning } = view;
  switch (warning) {
    case null:
      return null;
    case 'silent': {
      const { title, next } = messages.reasons['no-sound'];
      return { tone: 'warning', title, body: next, ...NOTHING };
    }
    case 'speaking-while-muted': {
      const action = { type: 'unmute-microphone', label: messages.unmuteMicrophone } as const;
      return { ...info(view, 'speakingMutedTitle', 'speakingMutedBody'), action };
    }
    case 'clipping':
      return { ...info(view, 'clippingTitle', 'clippingBody'), tone: 'warning' };
  }
}

/** Why the person's screen, or another one, is not shared; nothing where that was their own choice. */
function screenNotice(view: NoticeView): NoticeContent | null {
  const { screen } = view.state;
  const error =
    screen.status === 'failed' ? screen.error : screen.status === 'on' ? screen.problem : null;
  if (error === null || error.code === 'permission-dismissed') return null;
  return { ...info(view, 'noScreenTitle', 'noScreenBody'), tone: 'warning', error };
}

/** Another device than the wanted one is on: viewers lose nothing, but it was not asked for. */
function standInNotice(view: NoticeView): NoticeContent | null {
  const { messages, state } = view;
  for (const [source, title, type] of [
    [state.camera, messages.otherCameraTitle, 'keep-camera'],
    [state.microphone, messages.otherMicrophoneTitle, 'keep-microphone'],
  ] as const) {
    if (source.status !== 'on' || source.change !== null || source.problem === null) continue;
    const { problem } = source;
    if (problem.code === 'app-source-failed' || problem.code === 'processor-failed') {
      return { ...errorNotice(view, 'info', problem), action: { type, label: messages.dismiss } };
    }
    const action = { type, label: messages.keepDevice };
    return { ...causeNotice(view, 'info', problem), title, action };
  }
  return null;
}

/** The event and its remedy, as the body below a title of its own. */
function causeNotice(
  view: NoticeView,
  tone: NoticeContent['tone'],
  error: BroadcastError,
): NoticeContent {
  const notice = errorNotice(view, tone, error);
  const how = error.code === 'permission-denied' ? howToAllow(view) : notice.body;
  const cause = fill(view.messages.causeSentence, { cause: notice.title });
  return { ...notice, body: `${cause} ${how}` };
}

function connectingNotice(view: NoticeView): NoticeContent | null {
  const { connection } = view.state;
  if (connection.status !== 'connecting') return null;
  const { step, cause } = connection;
  const retried = (at: ResumeStep, met: BroadcastError) =>
    retryNotice(view, 'connectingTitle', at, { cause: met, words: connectingWords(met, view) });
  if (step.phase === 'waiting') return retried(step, step.cause);
  if (cause !== null && step.phase !== 'capturing' && step.phase !== 'renewing') {
    return retried(step, cause);
  }
  const waits = {
    capturing: 'waitingForCapture',
    signaling: 'waitingForSignaling',
    negotiating: 'waitingForPath',
    'first-media': 'waitingForMedia',
    renewing: 'waitingToRenew',
    away: 'waitingForSignaling',
  } as const;
  return info(view, 'connectingTitle', waits[step.phase]);
}

/** A better explanation than the newest error of a start whose last attempt failed; else `null`. */
function connectingWords({ code }: BroadcastError, { state, messages }: NoticeView): string | null {
  if (!state.network.online) return messages.interruptions.offline;
  // Only what was cut off is tried for again, and is then most likely held by its own last session.
  return code === 'stream-busy' ? messages.lostBusy : null;
}

function lostNotice(view: NoticeView): NoticeContent | null {
  const { connection } = view.state;
  if (connection.status !== 'reconnecting') return null;
  const { interruption, step } = connection;
  const { error } = interruption;
  // A playback is seconds behind, and still has what was sent before.
  const title = view.output === 'seen' ? 'lostSoonTitle' : 'lostTitle';
  return retryNotice(view, title, step, { cause: error, words: lostWords(interruption, view) });
}

/** A better explanation of an interruption than its newest error; else `null`. */
function lostWords(
  { cause, error, attempt, renewal }: Interruption,
  { messages }: NoticeView,
): string | null {
  if (cause === 'offline') return messages.interruptions.offline;
  // While a broadcast is brought back, its own last session most likely holds the stream.
  if (error.code === 'stream-busy') return renewal === 'fresh' ? null : messages.lostBusy;
  // Nothing went wrong, and the first attempt begins at once.
  if (cause === 'source-added' && attempt <= 1) return messages.interruptions[cause];
  return attempt === 0 ? messages.interruptions[cause] : null;
}

function retryNotice(
  view: NoticeView,
  title: NoticeName,
  step: ResumeStep,
  { cause, words }: { readonly cause: BroadcastError; readonly words: string | null },
): NoticeContent {
  const { messages } = view;
  const { title: ofError, error } = errorNotice(view, 'warning', cause);
  const sentence = fill(messages.causeSentence, { cause: words ?? ofError });
  const nextTryAt = step.phase === 'waiting' ? step.nextTryAt : null;
  const doing = DOING[step.phase];
  return {
    tone: 'warning',
    title: messages[title],
    body: doing === null ? sentence : `${sentence} ${messages[doing]}`,
    action: nextTryAt === null ? null : { type: 'retry-now', label: messages.tryNow },
    error,
    nextTryAt,
  };
}

/** The words for each step of bringing a broadcast back; a wait counts down by itself. */
const DOING: Readonly<Record<ResumeStep['phase'], NoticeName | null>> = {
  probing: 'askingIngest',
  healing: 'waitingToHeal',
  holding: 'lookingForNetwork',
  signaling: 'tryingNow',
  negotiating: 'tryingNow',
  'first-media': 'tryingNow',
  renewing: 'waitingToRenew',
  waiting: null,
  away: null,
};

function expiredNotice(view: NoticeView): NoticeContent {
  const { state, clock, messages } = view;
  const { connection, target } = state;
  const error = connection.status === 'failed' ? connection.error : null;
  if (error?.code === 'renewal-failed') return errorNotice(view, 'problem', error);
  const isOver = standingOf(state.stream.word) === 'over';
  if (error === null && isOver) {
    return { ...info(view, 'overTitle', 'overBody'), tone: 'problem' };
  }
  const seconds = target.status === 'set' ? target.timeoutSeconds : 120;
  const startedAt = target.status === 'set' ? target.startedAt : null;
  const neverLive =
    error === null
      ? startedAt !== null && clock.deadline === startedAt + seconds * 1000
      : error.code === 'ingest-timeout';
  return {
    tone: 'problem',
    title: messages[neverLive ? 'missedTitle' : 'expiredTitle'],
    body: fill(messages[neverLive ? 'missedBody' : 'expiredBody'], { seconds }),
    // The clock of another machine may be wrong, so only the server has the last word.
    action:
      target.status === 'set' && !isOver ? { type: 'start', label: messages.tryAnyway } : null,
    error,
    nextTryAt: null,
  };
}

function failedNotice(view: NoticeView): NoticeContent | null {
  const { connection } = view.state;
  return connection.status === 'failed' ? errorNotice(view, 'problem', connection.error) : null;
}

function healthNotice(view: NoticeView): NoticeContent | null {
  const [reason] = view.health.reasons;
  if (!isRough(view.health) || reason === undefined) return null;
  const { title, next } = view.messages.reasons[reason];
  return { tone: 'warning', title, body: next, ...NOTHING };
}
