import type { BroadcasterState, IngestWindowPhase } from '../core/index.js';

/** Where the person stands: what the pill, the notice and the one big button follow. */
export type Stage =
  /** Nothing was asked for yet. */
  | 'blank'
  /** The browser asks for camera or microphone. */
  | 'asking'
  /** Neither camera nor microphone could be opened. */
  | 'denied'
  /** There is a picture or a sound to go live with. */
  | 'ready'
  | 'connecting'
  | 'live'
  | 'reconnecting'
  /** The ingest's time-out ran out: the stream has to be started again. */
  | 'expired'
  | 'failed';

const WINDOW_CODES: ReadonlySet<string> = new Set([
  'ingest-timeout',
  'resume-expired',
  'renewal-failed',
]);
const DEVICE_CODES: ReadonlySet<string> = new Set([
  'permission-denied',
  'permission-dismissed',
  'device-not-found',
  'device-in-use',
  'device-lost',
  'constraints-not-met',
]);

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
      const { code } = connection.error;
      if (WINDOW_CODES.has(code)) return 'expired';
      // The devices work by now, so what the last attempt met is over.
      if (!(DEVICE_CODES.has(code) && before === 'ready')) return 'failed';
    }
  } else if (connection.status !== 'idle') {
    return connection.status;
  }
  const stage = sourcesStage(state);
  return stage === 'ready' && phase === 'expired' ? 'expired' : stage;
}

function sourcesStage({ camera, microphone }: BroadcasterState): Stage {
  const has = (status: string) => camera.status === status || microphone.status === status;
  if (has('on')) return 'ready';
  if (has('opening')) return 'asking';
  return has('failed') ? 'denied' : 'blank';
}
