import { nothingToSend } from './connection/give-up.js';
import { streamTaken } from './connection/stream-status.js';
import { BroadcastError } from './errors.js';
import type { BroadcasterEvent } from './events.js';
import { until } from './foundation/until.js';
import type { Scene } from './picture/scene.js';
import type { LoadDrawing } from './picture-work.js';
import { bothOf, captureOf, failureOf, selectOutgoing } from './select-outgoing.js';
import { selectIsTaken } from './selectors.js';
import type { ScreenOptions } from './sources/screen-options.js';
import type { BroadcasterState } from './state.js';

/** The requests of an app. Each dispatches its event, and settles with the state that follows. */
export interface Requests {
  /** As `Broadcaster.preview`. */
  preview(): Promise<void>;
  /** As `Broadcaster.prepare`, for an address that is known. */
  prepare(): Promise<void>;
  /** As `Broadcaster.start`. */
  start(options?: { readonly takeOver?: boolean | undefined }): Promise<void>;
  /** As `Broadcaster.shareScreen`, with options that are checked. */
  shareScreen(share: ScreenOptions): Promise<void>;
  /** As `Broadcaster.setScene`. */
  setScene(scene: Scene | null): Promise<void>;
}

const NO_SCREEN = 'The option screen is false, so this page shares none. Leave it out to share.';

/** Dispatches the requests of an app, and reads their outcome in `store`. */
export function createRequests(
  store: { getSnapshot(): BroadcasterState; subscribe(listener: () => void): () => void },
  dispatch: (event: BroadcasterEvent) => void,
  drawing: LoadDrawing,
): Requests {
  const { getSnapshot } = store;
  let newest = new AbortController();
  const preview = async () => {
    dispatch({ type: 'preview-requested' });
    await until(store, (state) => captureOf(selectOutgoing(state)) !== 'opening');
    const outgoing = selectOutgoing(getSnapshot());
    const failure = captureOf(outgoing) === 'some' ? null : failureOf(outgoing);
    if (failure !== null) throw failure;
  };
  return {
    preview,
    async prepare() {
      const before = getSnapshot().connection;
      if (before.status === 'failed') throw before.error;
      if (before.status !== 'idle') return;
      if (selectIsTaken(getSnapshot())) throw streamTaken();
      await preview();
      const outgoing = bothOf(selectOutgoing(getSnapshot()));
      if (!outgoing.some(({ status }) => status === 'on')) throw nothingToSend();
      dispatch({ type: 'prepare-requested' });
      await until(store, ({ connection }) => {
        return connection.status !== 'idle' || connection.preparation.phase !== 'preparing';
      });
      const { connection } = getSnapshot();
      if (connection.status !== 'idle' || connection.preparation.phase === 'ready') return;
      if (connection.preparation.phase === 'waiting') throw connection.preparation.cause;
      throw new DOMException('Preparing was ended before it was done.', 'AbortError');
    },
    setScene(scene) {
      newest.abort(new DOMException('Another scene came first.', 'AbortError'));
      newest = new AbortController();
      const { signal } = newest;
      return drawing(signal).then((part) => part.setScene({ store, dispatch }, scene, signal));
    },
    async start({ takeOver = false } = {}) {
      dispatch({ type: 'start-requested', takeOver });
      await until(store, ({ connection }) => connection.status !== 'connecting');
      const { connection } = getSnapshot();
      if (connection.status === 'failed') throw connection.error;
      if (connection.status === 'idle') {
        throw new DOMException('The broadcast was stopped before it was live.', 'AbortError');
      }
    },
    async shareScreen(share) {
      dispatch({ type: 'share-requested', share });
      await until(store, ({ screen }) => {
        return screen.status !== 'opening' && !(screen.status === 'on' && screen.change);
      });
      const { screen } = getSnapshot();
      if (screen.status === 'failed') throw screen.error;
      if (screen.status === 'excluded') throw new BroadcastError('invalid-options', NO_SCREEN);
      if (screen.status === 'on' && screen.problem) throw screen.problem;
      if (screen.status === 'off') {
        throw new DOMException('The sharing was stopped before it began.', 'AbortError');
      }
    },
  };
}
