import type { BroadcastError, ErrorFamily } from '../core/errors.js';
import { familyOf } from '../core/errors.js';
import type { BroadcasterState, IngestWindowPhase } from '../core/index.js';
import { selectIsTaken, selectOutgoing, standingOf } from '../core/index.js';

/** Where the person stands: what the pill, the notice and the one big button follow. */
export type Stage =
  /** Nothing was requested yet. */
  | 'blank'
  /** The browser asks for camera or microphone. */
  | 'asking'
  /** Neither camera nor microphone could be opened. */
  | 'denied'
  /** There is a picture or a sound to go live with. */
  | 'ready'
  /** Another source is live on the stream, and would have to be taken over. */
  | 'taken'
  | 'connecting'
  | 'live'
  | 'reconnecting'
  /** The ingest's time-out ran out: the stream has to be started again. */
  | 'expired'
  | 'failed';

/** The families of errors that only a device, or leave to use one, can mend. */
const OF_DEVICES: readonly ErrorFamily[] = ['permission', 'no-device', 'unusable-device'];

/**
 * The stage of `state`. `renewed` says that another stream was handed over since the last failure,
 * which is then no longer news.
 */
export function stageOf(
  state: BroadcasterState,
  { phase, renewed }: { readonly phase: IngestWindowPhase; readonly renewed: boolean },
): Stage {
  const { connection } = state;
  if (connection.status === 'failed') {
    const before = sourcesStage(state);
    if (before === 'asking' || before === 'denied') return before;
    if (!renewed) {
      const { error } = connection;
      if (error.code === 'stream-busy' && mayBeTaken(state)) return 'taken';
      if (familyOf(error) === 'window' && !isSaidToRun(state)) return 'expired';
      if (!isOver(error, state, before)) return 'failed';
    }
  } else if (connection.status !== 'idle') {
    return connection.status;
  }
  const stage = sourcesStage(state);
  if (stage === 'ready' && selectIsTaken(state)) return 'taken';
  return stage === 'ready' && phase === 'expired' ? 'expired' : stage;
}

/** Whether what the last attempt met is known to be over. */
function isOver(error: BroadcastError, state: BroadcasterState, before: Stage): boolean {
  const family = familyOf(error);
  if (OF_DEVICES.includes(family)) return before === 'ready';
  if (error.code === 'stream-busy') return !mayBeTaken(state);
  return family === 'window' && isSaidToRun(state);
}

/** Another source may still hold the stream, unless its server says otherwise. */
function mayBeTaken(state: BroadcasterState): boolean {
  return state.stream.word === null || selectIsTaken(state);
}

/** The server's status takes precedence over the clock. */
function isSaidToRun({ stream }: BroadcasterState): boolean {
  return standingOf(stream.word) === 'running';
}

function sourcesStage(state: BroadcasterState): Stage {
  const { video, audio } = selectOutgoing(state);
  const has = (status: string) => video.status === status || audio.status === status;
  if (has('on')) return 'ready';
  if (has('opening')) return 'asking';
  return has('failed') ? 'denied' : 'blank';
}

/** An answer to preparing that will not change, so that it is asked for no more; `null` if there is none. */
export function refusalOf({
  connection,
}: Pick<BroadcasterState, 'connection'>): BroadcastError | null {
  if (connection.status !== 'idle' || connection.preparation.phase !== 'waiting') return null;
  const { cause, nextTryAt } = connection.preparation;
  return nextTryAt === Infinity ? cause : null;
}
