import type { BroadcasterState } from '../core/index.js';
import { browserOf } from './browser.js';
import { useIngestClock, useRoot, useStage } from './context.js';
import { firstNotice } from './first-notice.js';
import type { NoticeContent } from './notice-view.js';
import { useBroadcasterState } from './use-broadcaster-state.js';
import type { Kinds } from './use-checked.js';
import { BOOLEAN, TEXT } from './use-checked.js';
import { useHasPassed } from './use-clock.js';
import { useSeenOutput } from './use-delivery.js';
import { useLoadedDelivery } from './use-loaded-delivery.js';
import { useOnceShown } from './use-once-shown.js';
import { useSoundWarning } from './use-sound-warning.js';

const SLOW_MS = 5000;

const selectConnection = ({ connection }: BroadcasterState) => connection;
const selectNetwork = ({ network }: BroadcasterState) => network;
const selectTarget = ({ target }: BroadcasterState) => target;
const selectPreviousSession = ({ previousSession }: BroadcasterState) => previousSession;
const selectStream = ({ stream }: BroadcasterState) => stream;
const selectCamera = ({ camera }: BroadcasterState) => camera;
const selectScreen = ({ screen }: BroadcasterState) => screen;
const selectMicrophone = ({ microphone }: BroadcasterState) => microphone;

/** The app's own start of a stream, where the button beside the notice does that. */
export interface StartProps {
  /** Whether the button beside it starts the stream; default false. */
  readonly canStart?: boolean | undefined;
  /** Whether the stream is being started; default false. */
  readonly isStarting?: boolean | undefined;
  /** Why the stream could not be started, in words for people. */
  readonly startProblem?: string | null | undefined;
}

/** The rule for each of them. */
export const START_KINDS: Kinds<StartProps> = {
  canStart: BOOLEAN,
  isStarting: BOOLEAN,
  startProblem: TEXT,
};

/** The notice for the person now, of the root above; `null` when there is none. */
export function useNotice({
  canStart = false,
  isStarting = false,
  startProblem = null,
}: StartProps): NoticeContent | null {
  const stage = useStage();
  const clock = useIngestClock();
  const { messages, notices } = useRoot('Notice');
  const onceShown = useOnceShown();
  const connection = useBroadcasterState(selectConnection);
  const target = useBroadcasterState(selectTarget);
  const previousSession = useBroadcasterState(selectPreviousSession);
  const stream = useBroadcasterState(selectStream);
  const network = useBroadcasterState(selectNetwork);
  const camera = useBroadcasterState(selectCamera);
  const screen = useBroadcasterState(selectScreen);
  const microphone = useBroadcasterState(selectMicrophone);
  const { health } = useLoadedDelivery();
  const warning = useSoundWarning();
  const output = useSeenOutput();
  const since = connection.status === 'connecting' ? connection.since : null;
  const isSlow = useHasPassed(since, SLOW_MS);
  const view = {
    state: { connection, target, previousSession, stream, network, screen, camera, microphone },
    stage,
    start: { isPossible: canStart, isPending: isStarting, problem: startProblem },
    clock,
    isSlow,
    health,
    warning,
    output,
    browser: typeof navigator === 'undefined' ? 'chrome' : browserOf(navigator.userAgent ?? ''),
  } as const;
  return onceShown === null || notices === null
    ? firstNotice({ ...view, messages })
    : onceShown.noticeContent({ ...view, messages: notices });
}
