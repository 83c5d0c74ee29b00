import { isBroadcasting } from './connection/connection.js';
import type { BroadcasterHappening } from './events.js';
import { aborted } from './foundation/abort.js';
import type { Work } from './foundation/run-work.js';
import { keepTicking } from './foundation/ticker.js';
import type { UseOnceLive } from './load-once-live.js';
import { warnBeforeLeaving, watchLeaving } from './page/leaving.js';
import { watchNetwork } from './page/network.js';
import { watchForSleep } from './page/sleep-watch.js';
import type { BroadcasterState } from './state.js';

/** What the work around a broadcast needs of the world. */
export interface PageWorld {
  getSnapshot(): BroadcasterState;
  dispatch(happening: BroadcasterHappening): void;
  now(): number;
  /** Whether the app wants the browser to ask before the page is left. */
  shouldWarn(): boolean;
  readonly onceLive: UseOnceLive;
  /** The page is being left during a broadcast. */
  leaving(): void;
  /** It was not left after all: it came back as it was. */
  cameBack(): void;
}

const NEWS = {
  online: 'network-online',
  offline: 'network-offline',
  changed: 'network-changed',
} as const;

/** The work that a broadcast wants of its page, each as a function of the state. */
export function pageWorks(world: PageWorld): readonly (() => Work | null)[] {
  const { getSnapshot } = world;
  const isLive = ({ connection }: BroadcasterState) =>
    connection.status === 'live' || connection.status === 'reconnecting';
  return [
    () =>
      isBroadcasting(getSnapshot().connection)
        ? { key: 'page', run: (signal) => watchPage(world, signal) }
        : null,
    () => (isLive(getSnapshot()) ? { key: 'screen', run: keepScreenOn } : null),
  ];

  function keepScreenOn(signal: AbortSignal): Promise<void> {
    return world.onceLive((part) => part.keepScreenOn(signal), signal);
  }

  async function watchPage(
    { dispatch, now, shouldWarn, leaving, cameBack }: PageWorld,
    signal: AbortSignal,
  ): Promise<void> {
    keepTicking(signal);
    watchNetwork((news) => dispatch({ type: NEWS[news] }), signal);
    warnBeforeLeaving(() => shouldWarn() && isLive(getSnapshot()), signal);
    watchLeaving(
      {
        left() {
          leaving();
          dispatch({ type: 'page-left' });
        },
        returned() {
          cameBack();
          dispatch({ type: 'page-returned' });
        },
      },
      signal,
    );
    void watchForSleep(now, (sleptFrom) => dispatch({ type: 'woke-up', sleptFrom }), signal);
    await aborted(signal);
  }
}
