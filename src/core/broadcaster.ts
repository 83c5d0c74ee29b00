import { optionEvents } from './compare-settings.js';
import { connectionWorks } from './connection-works.js';
import type { BroadcasterEvent, StampedEvent } from './events.js';
import { keptPart } from './foundation/kept-part.js';
import type { Log } from './foundation/logger.js';
import { createLog } from './foundation/logger.js';
import type { Work } from './foundation/run-work.js';
import { runWork } from './foundation/run-work.js';
import { createStore } from './foundation/store.js';
import { warnOnce } from './foundation/warn-once.js';
import { loadAhead } from './load-ahead.js';
import { createOnceLive } from './load-once-live.js';
import { createPublishing } from './load-publishing.js';
import { createSourceWatch } from './load-source-watch.js';
import { logChanges } from './log-changes.js';
import type { BroadcasterOptions } from './options.js';
import { takeLiveMarker } from './page/live-marker.js';
import { streamMark } from './page/stream-mark.js';
import { isUnlocked } from './page/tab-lock.js';
import { pageWorks } from './page-works.js';
import { parseDeviceId, parseOptions, parseScreen, readOptions } from './parse-options.js';
import type { Scene } from './picture/scene.js';
import { pictureWork } from './picture-work.js';
import { pressureWork } from './pressure-work.js';
import { createRenewal } from './renewal.js';
import { createRequests } from './requests.js';
import { publishingWork, sessionWork } from './session-work.js';
import { initialState, publishUrl, renewedTarget } from './settings-in-state.js';
import { notLoaded } from './signaling/not-loaded.js';
import type { LevelMeterOptions } from './sound/level.js';
import { GAIN_WORDS, isGain } from './sound/sound.js';
import { hearingWork, mixWork } from './sound-works.js';
import { sourceWatchWorks, sourceWorks } from './source-works.js';
import type { ScreenOptions } from './sources/screen-options.js';
import type { DeviceKind, SourceKind } from './sources/source.js';
import type { BroadcasterState } from './state.js';
import { createStreamLock } from './stream-lock.js';
import { applyMute } from './track-feed.js';
import { transition } from './transition.js';

/** How `start()` goes live. */
export interface StartOptions {
  /** Goes live also where another source is, which may end for that. Default false. */
  readonly takeOver?: boolean | undefined;
}

/**
 * One broadcast from this page. Inert until one of its methods is called, and usable again after
 * every `stop()` and `release()`. All methods may be called at any time, in any order.
 */
export interface BroadcasterInstance {
  /** The current state; the same object until something changed. */
  getSnapshot(): BroadcasterState;
  /**
   * Calls `listener` after each change; returns the function that unsubscribes it. The broadcaster
   * takes statistics while somebody subscribes, and as far as the quality depends on them. It also
   * reads the permissions then, and lists the devices that the page may already use.
   */
  subscribe(listener: () => void): () => void;
  /**
   * Takes new options. A new URL or key ends a preparation; a live session continues with the old
   * one.
   */
  update(options: BroadcasterOptions): void;
  /**
   * Opens camera and microphone for the local preview and resolves when both have settled.
   * @throws BroadcastError when neither could be opened: of the device family, `insecure-context`, `unsupported` or `unexpected`.
   */
  preview(): Promise<void>;
  /**
   * Runs signaling up to the answer, so that `start()` only has to send it, opening camera and
   * microphone first where needed; publishes nothing. Resolves at once during a broadcast.
   * @throws BroadcastError when there is nothing to send, or when the ingest refuses or does not
   * answer; the error of a broadcast that failed; a DOMException `AbortError` when another request
   * came first.
   */
  prepare(): Promise<void>;
  /**
   * Goes live, opening camera and microphone first where needed; resolves once media flows. Where
   * `streamStatus` says that another source is live, it does not start unless `takeOver` is true.
   * @throws BroadcastError when the broadcast failed; a DOMException `AbortError` when it was stopped first.
   */
  start(options?: StartOptions): Promise<void>;
  /**
   * Goes live again if this page was reloaded while it was live, and the ingest still waits for it;
   * resolves with whether it did. Does nothing where another tab broadcasts the stream. Needs the
   * option `resumeOnReload`, and the URL of the stream.
   * @throws as `start()` does.
   */
  resume(): Promise<boolean>;
  /**
   * Ends the broadcast, and the sharing of a screen; resolves when the ingest has been told. The
   * preview of the camera stays on.
   */
  stop(): Promise<void>;
  /** While waiting between two attempts: tries at once. */
  retryNow(): void;
  /** Opens another device in place of the present one, live too; `null` is the browser's default. */
  select(kind: DeviceKind, deviceId: string | null): void;
  /**
   * Opens the camera that faces the other way in place of the present one, live too; the present
   * one stays where there is none.
   */
  flipCamera(): void;
  /**
   * Sends a slate or silence in place of the source. A muted camera is closed, so that its light is
   * off; where the browser cannot draw a slate, it stays open and sends black.
   */
  mute(kind: SourceKind): void;
  /** Sends the source again; opens the same camera again, while the slate goes on. */
  unmute(kind: SourceKind): void;
  /**
   * Lets the person choose a screen, a window or a tab, which goes out in place of the camera, live
   * or not, until `stopSharing()`, `stop()`, or the browser's own button; then the camera does again.
   * Call it first in the handler of a press: browsers refuse it anywhere else. While one is shared
   * it offers the choice of another. `options` add to the option `screen`.
   * @throws BroadcastError where nothing is shared, such as `permission-dismissed` when the person
   * closed the dialogue, or `unsupported` on a phone; a DOMException `AbortError` when it was stopped
   * first. The broadcast goes on as it was.
   */
  shareScreen(options?: ScreenOptions): Promise<void>;
  /** Ends the sharing of a screen, at once. */
  stopSharing(): void;
  /**
   * Sets how loud an input is: `microphone`, `screen`, or the id of a sound of the option `sounds`,
   * also before it is there. 0 is silent, 1 as it comes, 4 the most; heard at once, without a click.
   * Any other gain is ignored, with a warning.
   */
  setGain(input: string, gain: number): void;
  /**
   * Lets `state.sound.warning` say from now on when the microphone gives no sound, is too loud, or
   * is spoken into while it is muted; returns the function that ends it. Costs nothing until it is
   * called, and until the microphone is on. A muted microphone is listened to on this page alone.
   */
  watchSound(options?: LevelMeterOptions): () => void;
  /**
   * Draws the picture from several sources, live too; `null` sends a source as it is, which costs
   * nothing. The scene comes from anywhere: it is checked. Resolves once the scene is drawn, or
   * waits for a source.
   * @throws BroadcastError `invalid-options` for a scene that cannot be used, `unsupported` where
   * the browser cannot draw, `unreachable` where a file of the kit cannot be loaded: the picture of
   * before goes on. A DOMException `AbortError` when another scene came first.
   */
  setScene(scene: Scene | null): Promise<void>;
  /** Stops, and turns camera and microphone off; resolves when nothing is left running. */
  release(): Promise<void>;
}

/**
 * Makes a broadcaster. It does nothing, and reads nothing of the browser, until it is used.
 * Options that cannot be used show in `state.target`, never as an exception here.
 */
export function createBroadcaster(options: BroadcasterOptions = {}): BroadcasterInstance {
  const log = createLog(() => logger);
  // A page that a server renders ahead of time may not look at a clock, and each line bears its
  // time. So complaints about options wait until the broadcaster is used.
  const unsaid: (() => void)[] = [];
  /** Said on the console where the app takes no log, because a wrong option is a fault of the app. */
  const complain: Log = (level, message) => {
    log(level, message);
    if (typeof logger !== 'function') warnOnce(message);
  };
  const later: Log = (...line) => unsaid.push(() => complain(...line));
  let given = readOptions(options, later);
  let { logger } = given ?? {};
  let settings = parseOptions(given, later);
  const sayUnsaid = () => {
    for (const say of unsaid.splice(0)) say();
  };
  const renewal = createRenewal();
  const store = createStore<BroadcasterState, StampedEvent>(initialState(settings), transition);
  const { getSnapshot } = store;
  const watchers = new Set<symbol>();
  const hearers = new Map<symbol, LevelMeterOptions>();
  let stamps = 0;
  const dispatch = (event: BroadcasterEvent) => {
    sayUnsaid();
    stamps += 1;
    store.dispatch({ ...event, at: Date.now(), id: stamps, random: Math.random() });
  };

  const onceLive = createOnceLive(log);
  const publishing = createPublishing();
  const drawing = keptPart(() => import('./drawing.js'), notLoaded);
  const streamLock = createStreamLock(store);
  /** Takes over the stream that the app hands over, as if its options had named it. */
  const renew = async (signal: AbortSignal) => {
    await renewal.ask({ settings, now: Date.now(), options: () => given }, signal);
    settings = parseOptions(renewal.apply(given), log);
    return renewedTarget(settings, getSnapshot().target);
  };

  /** The mark of the stream that a page after this one would go on with. */
  const markOfStream = () => {
    // A broadcast that was live goes on with the stream that it began with.
    if (getSnapshot().connection.status !== 'connecting') return streamLock.mark();
    return settings.ingestUrl instanceof URL ? streamMark(settings.ingestUrl) : null;
  };

  const onCrash = (thrown: unknown) => log('error', `Work crashed: ${String(thrown)}`);
  const run = (workFor: () => Work | null) => runWork(store, workFor, onCrash);
  /** Also tells when somebody begins, or ceases, to look at the state. */
  const lookers: (() => void)[] = [];
  const onLook = (listener: () => void) => {
    lookers.push(listener);
    return store.subscribe(listener);
  };
  const told = () => {
    for (const look of lookers) look();
  };
  const sessionContext = {
    store,
    dispatch,
    settings: () => settings,
    streamLock,
    isWatched: () => watchers.size > 0,
    onceLive,
    now: Date.now,
    log,
  };
  const sourceContext = {
    ...sessionContext,
    sourceWatch: createSourceWatch(log),
  };
  const connectionSlots = [
    run(() => sessionWork(sessionContext, publishing)),
    ...connectionWorks({
      getSnapshot,
      dispatch,
      now: Date.now,
      random: Math.random,
      isReachable: (attempt, signal) =>
        publishing(signal)
          .then((part) => part.adapterOf(sessionContext).isReachable(attempt, signal))
          // There may be no address any more.
          .catch(() => false),
      renew,
    }).map(run),
  ];
  const slots = [
    ...connectionSlots,
    ...pageWorks({
      getSnapshot,
      dispatch,
      now: Date.now,
      shouldWarn: () => settings.warnBeforeLeaving,
      onceLive,
      resumeMark: () => (settings.resumeOnReload ? markOfStream() : null),
    }).map(run),
    ...sourceWorks(sourceContext).map(run),
    run(() => pictureWork({ store, dispatch, settings: () => settings }, drawing)),
    run(() => publishingWork(sessionContext, publishing)),
    run(() => mixWork({ store, dispatch, log })),
    run(() => hearingWork({ store, dispatch }, () => [...hearers.values()][0] ?? {})),
    run(() => pressureWork({ getSnapshot, dispatch, onceLive })),
  ];
  // Beside the slots, because some of it goes on after a release, for whoever still looks.
  for (const workFor of sourceWatchWorks(sourceContext)) {
    runWork({ subscribe: onLook }, workFor, onCrash);
  }
  store.subscribe(() => applyMute(getSnapshot()));
  logChanges(store, log);

  const requests = createRequests(store, dispatch, drawing);
  const { preview, prepare, start, shareScreen, setScene } = requests;

  return {
    getSnapshot,
    subscribe(listener) {
      sayUnsaid();
      if (watchers.size === 0) loadAhead(publishing);
      const watcher = Symbol('watcher');
      watchers.add(watcher);
      const unsubscribe = store.subscribe(listener);
      told();
      return () => {
        watchers.delete(watcher);
        unsubscribe();
        told();
      };
    },
    update(next) {
      sayUnsaid();
      const before = settings;
      given = readOptions(next, complain);
      logger = given?.logger;
      settings = parseOptions(renewal.apply(given), complain);
      for (const event of optionEvents(before, settings, getSnapshot())) dispatch(event);
    },
    preview,
    async prepare() {
      // Throws where there is nowhere to publish to.
      publishUrl(settings);
      await prepare();
    },
    start,
    async resume() {
      const { target, connection } = getSnapshot();
      if (!settings.resumeOnReload || target.status !== 'set' || connection.status !== 'idle') {
        return false;
      }
      const mark = streamMark(publishUrl(settings));
      const leftAt = takeLiveMarker(mark);
      if (leftAt === null || Date.now() - leftAt > target.timeoutSeconds * 1000) return false;
      // A tab that was duplicated has a copy of what the first one, still live, had noted.
      const isFree = await isUnlocked(mark);
      const now = getSnapshot();
      if (!isFree || now.target !== target || now.connection.status !== 'idle') return false;
      dispatch({ type: 'page-found-live', leftAt });
      await start();
      return true;
    },
    async stop() {
      dispatch({ type: 'stop-requested' });
      await Promise.all(connectionSlots.map((slot) => slot.drained()));
    },
    retryNow: () => dispatch({ type: 'retry-requested' }),
    select: (kind, deviceId) =>
      dispatch({ type: 'source-selected', kind, deviceId: parseDeviceId(deviceId) }),
    flipCamera: () => dispatch({ type: 'camera-flipped' }),
    mute: (kind) => dispatch({ type: 'source-muted', kind, muted: true }),
    unmute: (kind) => dispatch({ type: 'source-muted', kind, muted: false }),
    shareScreen: (asked) => shareScreen({ ...settings.screen, ...parseScreen(asked, complain) }),
    stopSharing: () => dispatch({ type: 'sharing-stopped' }),
    watchSound(options = {}) {
      const watcher = Symbol('watcher');
      hearers.set(watcher, options);
      dispatch({ type: 'sound-watched', isWatched: true });
      return () => {
        hearers.delete(watcher);
        dispatch({ type: 'sound-watched', isWatched: hearers.size > 0 });
      };
    },
    setGain(input, gain) {
      if (isGain(gain)) dispatch({ type: 'gain-set', input: String(input), gain });
      else complain('warn', `setGain was given no ${GAIN_WORDS}; the gain stays as it was.`);
    },
    setScene,
    async release() {
      dispatch({ type: 'release-requested' });
      await Promise.all(slots.map((slot) => slot.drained()));
    },
  };
}
