import type {
  BroadcastError,
  BroadcasterState,
  Health,
  IngestWindow,
  SoundWarning,
} from '../core/index.js';
import type { Browser } from './browser.js';
import type { NoticeMessages } from './messages.js';
import type { SeenOutput } from './output-watch.js';
import type { Stage } from './stage.js';

/** The action of a notice's one button. */
export type NoticeAction =
  | 'retry-now'
  | 'preview'
  | 'start'
  | 'open-tab'
  | 'keep-camera'
  | 'keep-microphone'
  | 'unmute-microphone';

/** A notice: what happened, what it means, and one thing to do. */
export interface NoticeContent {
  readonly tone: 'info' | 'warning' | 'problem';
  readonly title: string;
  readonly body: string;
  readonly action: { readonly type: NoticeAction; readonly label: string } | null;
  /** Shown folded away. */
  readonly error: BroadcastError | null;
  /** When the next attempt starts by itself, in epoch milliseconds. */
  readonly nextTryAt: number | null;
}

/** Everything a notice depends on. */
export interface NoticeView {
  readonly state: Pick<
    BroadcasterState,
    | 'connection'
    | 'target'
    | 'previousSession'
    | 'stream'
    | 'network'
    | 'screen'
    | 'camera'
    | 'microphone'
  >;
  readonly stage: Stage;
  /** How starting the stream stands, where the app lets the button do that. */
  readonly start: {
    readonly isPossible: boolean;
    readonly isPending: boolean;
    readonly problem: string | null;
  };
  readonly clock: IngestWindow;
  /** Whether connecting takes longer than a person waits without a word. */
  readonly isSlow: boolean;
  readonly health: Health;
  /** The warning about the microphone. */
  readonly warning: SoundWarning | null;
  /** The output that the playback checks of the broadcast see. */
  readonly output: SeenOutput;
  readonly browser: Browser;
  readonly messages: NoticeMessages;
}
