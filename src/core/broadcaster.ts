import { selectSessionId } from './connection/connection.js';
import { runSession } from './connection/session.js';
import { encodingFeed } from './encoding-feed.js';
import type { BroadcasterEvent, BroadcasterHappening } from './events.js';
import { createLog } from './foundation/logger.js';
import type { Work } from './foundation/run-work.js';
import { runWork } from './foundation/run-work.js';
import { createStore } from './foundation/store.js';
import { sleep } from './foundation/time.js';
import { until } from './foundation/until.js';
import { logChanges } from './log-changes.js';
import type { BroadcasterOptions, Settings } from './options.js';
import { initialState, optionHappenings, parseOptions, publishUrl } from './options.js';
import { createPeer } from './peer/peer.js';
import { watchPressure } from './quality/watch-pressure.js';
import { isOpening, selectRetryAt, selectWindowEndsAt } from './selectors.js';
import type { SignalingContext } from './signaling/contract.js';
import { omeSignaling } from './signaling/ome-signaling.js';
import { runCapture } from './sources/capture.js';
import { cameraConstraints, microphoneConstraints, soundOf } from './sources/constraints.js';
import { watchDevices } from './sources/devices.js';
import { createMediaOpener } from './sources/open-media.js';
import type { SourceKind } from './sources/source.js';
import type { BroadcasterState } from './state.js';
import { applyMute, trackFeed } from './track-feed.js';
import { transition } from './transition.js';

/**
 * One broadcast from this page. Inert until one of its methods is called, and usable again after
 * every `stop()` and `release()`. All methods may be called at any time, in any order.
 */
export interface Broadcaster {
  /** The current state; the same object until something changed. */
  getSnapshot(): BroadcasterState;
  /** Calls `listener` after each change; returns the function that ends it. */
  subscribe(listener: () => void): () => void;
  /** Takes new options. A new URL or key ends a preparation; a live session goes on with the old one. */
  update(options: BroadcasterOptions): void;
  /**
   * Opens camera and microphone for the local preview and resolves when both have settled.
   * @throws BroadcastError of the device family when neither could be opened.
   */
  preview(): Promise<void>;
  /**
   * Runs signaling up to the answer, so that `start()` only has to send it; publishes nothing.
   * @throws BroadcastError when the ingest refuses or does not answer; a DOMException `AbortError` when something else was asked for first.
   */
  prepare(): Promise<void>;
  /**
   * Goes live, opening camera and microphone first where needed; resolves once media flows.
   * @throws BroadcastError when the broadcast failed; a DOMException `AbortError` when it was stopped first.
   */
  start(): Promise<void>;
  /** Ends the broadcast and resolves when the ingest has been told; the preview stays on. */
  stop(): Promise<void>;
  /** While waiting between two attempts: tries at once. */
  retryNow(): void;
  /** Opens another device in place of the present one, live too; `null` is the browser's default. */
  select(kind: SourceKind, deviceId: string | null): void;
  /** Sends black frames or silence in place of the source. */
  mute(kind: SourceKind): void;
  /** Sends the source again. */
  unmute(kind: SourceKind): void;
  /** Stops, and turns camera and microphone off; resolves when nothing is left running. */
  release(): Promise<void>;
}

/**
 * Makes a broadcaster. It does nothing, and reads nothing of the browser, until it is used.
 * Options that cannot be used show in `state.target`, never as an exception here.
 */
export function createBroadcaster(options: BroadcasterOptions = {}): Broadcaster {
  let { logger } = options ?? {};
  const log = createLog(() => logger);
  let settings = parseOptions(options, log);
  const store = createStore<BroadcasterState, BroadcasterEvent>(initialState(settings), transition);
  const { getSnapshot, subscribe } = store;
  let stamps = 0;
  const dispatch = (happening: BroadcasterHappening) => {
    stamps += 1;
    store.dispatch({ ...happening, at: Date.now(), id: stamps, random: Math.random() });
  };

  const open = createMediaOpener();
  const captureWork = (kind: SourceKind): Work | null => {
    const source = getSnapshot()[kind];
    if (source.status !== 'opening' && source.status !== 'on') return null;
    const { request } = source;
    const constraints = constraintsOf(kind, source.deviceId, settings);
    const contentHint = kind === 'camera' ? 'motion' : soundOf(settings.microphone);
    return {
      key: `capture:${request}`,
      run: (signal) =>
        runCapture({ kind, request, constraints, contentHint, open, dispatch }, signal),
    };
  };

  const sessionWork = (): Work | null => {
    const sessionId = selectSessionId(getSnapshot().connection);
    if (sessionId === null) return null;
    const feed = trackFeed(store);
    const encoding = encodingFeed(store);
    const session = {
      sessionId,
      // Asked when the session begins: one that lives goes on with the URL it began with.
      signaling: async (context: SignalingContext) => omeSignaling(publishUrl(settings))(context),
      createPeer: (iceServers: readonly RTCIceServer[]) =>
        createPeer({
          ...settings,
          iceServers: [...settings.iceServers, ...iceServers],
          sound: soundOf(settings.microphone),
          feed,
          encoding,
        }),
      isRepublish: () => getSnapshot().connection.status === 'reconnecting',
      dispatch,
    };
    const isWanted = ({ connection }: BroadcasterState) => connection.status !== 'idle';
    return {
      key: `session:${sessionId}`,
      run(signal) {
        const go = until(store, isWanted, signal);
        // A session that ends before anybody waited for the button leaves nobody to hear of it.
        go.catch(() => {});
        return runSession({ ...session, go }, signal);
      },
    };
  };

  const timerWork = (type: 'retry-due' | 'window-closed', at: number | null): Work | null => {
    if (at === null) return null;
    return {
      key: `${type}:${at}`,
      async run(signal) {
        await sleep(Math.max(0, at - Date.now()), signal).catch(() => {});
        if (!signal.aborted) dispatch({ type });
      },
    };
  };

  const devicesWork = (): Work | null => {
    const { camera, microphone } = getSnapshot();
    if (camera.status !== 'on' && microphone.status !== 'on') return null;
    return {
      // Permission for the second kind reveals its labels, so the list is made anew.
      key: `devices:${camera.status}:${microphone.status}`,
      run: (signal) => watchDevices(dispatch, signal),
    };
  };

  const pressureWork = (): Work | null => {
    const { connection, quality, camera } = getSnapshot();
    const isNeeded = connection.status === 'live' && camera.status === 'on';
    if (!isNeeded || !quality.asked.adaptToMachine) return null;
    return { key: 'pressure', run: (signal) => watchPressure(dispatch, signal) };
  };

  const run = (workFor: () => Work | null) =>
    runWork(store, workFor, (thrown) => log('error', `Work crashed: ${String(thrown)}`));
  const sessions = run(sessionWork);
  const slots = [
    sessions,
    run(() => captureWork('camera')),
    run(() => captureWork('microphone')),
    run(devicesWork),
    run(pressureWork),
    run(() => timerWork('retry-due', selectRetryAt(getSnapshot()))),
    run(() => timerWork('window-closed', selectWindowEndsAt(getSnapshot()))),
  ];
  subscribe(() => applyMute(getSnapshot()));
  logChanges(store, log);

  return {
    getSnapshot,
    subscribe,
    update(next) {
      logger = next?.logger;
      const before = settings;
      settings = parseOptions(next, log);
      for (const happening of optionHappenings(before, settings, getSnapshot()))
        dispatch(happening);
    },
    async preview() {
      dispatch({ type: 'preview-requested' });
      await until(store, ({ camera, microphone }) => !isOpening(camera) && !isOpening(microphone));
      const { camera, microphone } = getSnapshot();
      if (camera.status === 'on' || microphone.status === 'on') return;
      for (const source of [camera, microphone]) if (source.status === 'failed') throw source.error;
    },
    async prepare() {
      const { target } = getSnapshot();
      if (target.status === 'invalid') throw target.error;
      dispatch({ type: 'prepare-requested' });
      await until(store, ({ connection }) => {
        return connection.status !== 'idle' || connection.preparation.phase !== 'preparing';
      });
      const { connection } = getSnapshot();
      if (connection.status !== 'idle' || connection.preparation.phase === 'ready') return;
      if (connection.preparation.phase === 'waiting') throw connection.preparation.cause;
      throw new DOMException('Preparing was ended before it was done.', 'AbortError');
    },
    async start() {
      dispatch({ type: 'start-requested' });
      await until(store, ({ connection }) => connection.status !== 'connecting');
      const { connection } = getSnapshot();
      if (connection.status === 'failed') throw connection.error;
      if (connection.status === 'idle') {
        throw new DOMException('The broadcast was stopped before it was live.', 'AbortError');
      }
    },
    async stop() {
      dispatch({ type: 'stop-requested' });
      await sessions.drained();
    },
    retryNow: () => dispatch({ type: 'retry-requested' }),
    select: (kind, deviceId) => dispatch({ type: 'source-selected', kind, deviceId }),
    mute: (kind) => dispatch({ type: 'source-muted', kind, muted: true }),
    unmute: (kind) => dispatch({ type: 'source-muted', kind, muted: false }),
    async release() {
      dispatch({ type: 'release-requested' });
      await Promise.all(slots.map((slot) => slot.drained()));
    },
  };
}

function constraintsOf(kind: SourceKind, deviceId: string | null, settings: Settings) {
  return kind === 'camera'
    ? cameraConstraints(settings.camera ?? {}, deviceId)
    : microphoneConstraints(settings.microphone ?? {}, deviceId);
}
