import { isAway, isBroadcasting } from './connection/connection.js';
import type { BroadcasterEvent } from './events.js';
import { aborted } from './foundation/abort.js';
import type { Work } from './foundation/run-work.js';
import { keepTicking } from './foundation/ticker.js';
import { sleep } from './foundation/time.js';
import type { UseOnceLive } from './load-once-live.js';
import { warnBeforeLeaving, watchLeaving } from './page/leaving.js';
import { markLive, takeLiveMarker } from './page/live-marker.js';
import { watchForSleep } from './page/sleep-watch.js';
import { watchNetwork } from './page/watch-network.js';
import { selectLeftAt } from './selectors.js';
import type { BroadcasterState } from './state.js';

/** The context of the work around a broadcast. */
export interface PageWorkContext {
  getSnapshot(): BroadcasterState;
  dispatch(event: BroadcasterEvent): void;
  now(): number;
  /** Whether the app wants the browser to ask before the page is left. */
  shouldWarn(): boolean;
  readonly onceLive: UseOnceLive;
  /** The mark of the stream that a page after this one may go on with; `null` where none may. */
  resumeMark(): string | null;
}

/** How old what is noted for that page may be, in milliseconds, where nothing told of the end of this one. */
const NOTE_MS = 3_000;

/** The work that a broadcast wants of its page, each as a function of the state. */
export function pageWorks(context: PageWorkContext): readonly (() => Work | null)[] {
  const { getSnapshot } = context;
  const isLive = ({ connection }: BroadcasterState) =>
    connection.status === 'live' || connection.status === 'reconnecting';
  return [
    () =>
      isBroadcasting(getSnapshot().connection)
        ? { key: 'page', run: (signal) => watchPage(context, signal) }
        : null,
    () => (isLive(getSnapshot()) ? { key: 'screen', run: keepScreenOn } : null),
    () => {
      const mark = leftAt() === null ? null : context.resumeMark();
      return mark === null ? null : { key: mark, run: (signal) => keepNote(mark, signal) };
    },
  ];

  function isLeft(): boolean {
    return isAway(getSnapshot().connection);
  }

  function leftAt(): number | null {
    return isLeft() ? null : selectLeftAt(getSnapshot(), context.now());
  }

  /** Nothing tells a page that it crashes, or is discarded, so what comes after it is told all along. */
  async function keepNote(mark: string, signal: AbortSignal): Promise<void> {
    for (let at = leftAt(); at !== null && !signal.aborted; at = leftAt()) {
      markLive(mark, at);
      await sleep(NOTE_MS, signal).catch(() => {});
    }
    if (!isLeft()) takeLiveMarker(mark);
  }

  function keepScreenOn(signal: AbortSignal): Promise<void> {
    return context.onceLive((part) => part.keepScreenOn(signal), signal);
  }

  async function watchPage(
    { dispatch, now, shouldWarn }: PageWorkContext,
    signal: AbortSignal,
  ): Promise<void> {
    keepTicking(signal);
    watchNetwork((type) => dispatch({ type }), signal);
    warnBeforeLeaving(() => shouldWarn() && isLive(getSnapshot()), signal);
    watchLeaving((type) => dispatch({ type }), signal);
    void watchForSleep(now, (sleptFrom) => dispatch({ type: 'woke-up', sleptFrom }), signal);
    await aborted(signal);
  }
}
