import { isHeld, selectAttempt } from './connection/connection.js';
import { runSession } from './connection/session.js';
import { isPathInDoubt } from './connection-works.js';
import { encodingFeed } from './encoding-feed.js';
import { withoutWords } from './errors.js';
import type { BroadcasterEvent, StampedEvent } from './events.js';
import type { Log } from './foundation/logger.js';
import type { Store } from './foundation/store.js';
import { until } from './foundation/until.js';
import type { UseOnceLive } from './load-once-live.js';
import type { Settings } from './options.js';
import { createPeer } from './peer/peer.js';
import { selectOutgoing } from './select-outgoing.js';
import { selectIsRepublish, selectNeedsStats } from './selectors.js';
import { publishUrl } from './settings-in-state.js';
import { adapterFor } from './signaling/adapters.js';
import type { SignalingAdapter, SignalingContext } from './signaling/contract.js';
import { soundHintOf } from './sources/constraints.js';
import type { BroadcasterState } from './state.js';
import type { SampledSource } from './stats/poll-stats.js';
import type { StreamLock } from './stream-lock.js';
import { trackFeed } from './track-feed.js';

/** The context of a session: what its broadcaster gives it. */
export interface SessionWorkContext {
  readonly store: Store<BroadcasterState, StampedEvent>;
  dispatch(event: BroadcasterEvent): void;
  settings(): Settings;
  readonly streamLock: StreamLock;
  /** Whether anybody outside looks at the state. */
  isWatched(): boolean;
  readonly onceLive: UseOnceLive;
  now(): number;
  readonly log: Log;
}

/**
 * The adapter for the address of the present options.
 * @throws BroadcastError where there is none.
 */
export function adapterOf({ store, settings, now }: SessionWorkContext): SignalingAdapter {
  const { getSnapshot } = store;
  return adapterFor(publishUrl(settings()), {
    attempt: () => selectAttempt(getSnapshot().connection),
    mayHoldSession: () => selectIsRepublish(getSnapshot(), now()),
    serverTime: () => now() + getSnapshot().stream.clockOffsetMs,
    refreshPreparedAnswers: settings().refreshPreparedAnswers,
    authToken: settings().authToken,
  });
}

/** The life of the session that the state calls `sessionId`, as `runSession` has it. */
export function publishSession(
  workContext: SessionWorkContext,
  sessionId: number,
  signal: AbortSignal,
): Promise<void> {
  const { store, dispatch, settings, streamLock, isWatched, onceLive, now, log } = workContext;
  const { getSnapshot } = store;
  let locked: Promise<void> | null = null;
  const lock = () => {
    locked ??= streamLock.acquire(publishUrl(settings()), signal);
    return locked;
  };
  const go = until(store, isWanted, signal).then(lock);
  // A session that ends before anybody waited for the button leaves nobody to hear of it.
  go.catch(() => {});
  const feed = trackFeed(store);
  const encoding = encodingFeed(store);
  const peerFor: SignalingContext['createPeer'] = (
    announced,
    detour,
    bundlePolicy = 'balanced',
  ) => {
    const { iceServers, microphone, onPeerConnection, ...rest } = settings();
    return createPeer({
      ...rest,
      iceServers: [...iceServers, ...announced],
      bundlePolicy,
      sound: soundHintOf(microphone),
      feed,
      encoding,
      detour,
      onPeerConnection: (connection) => show(connection, onPeerConnection, log),
    });
  };
  const session = {
    sessionId,
    async publish(context: Pick<SignalingContext, 'report' | 'signal'>) {
      // Read when the session begins: one that lives goes on with the URL it began with.
      const adapter = adapterOf(workContext);
      // Before the ingest is asked, which would refuse a stream that another tab publishes to.
      if (isWanted(getSnapshot())) await lock();
      return adapter.publish({ ...context, go, createPeer: peerFor });
    },
    isHeld() {
      const { connection } = getSnapshot();
      return isHeld(connection) && connection.step.sessionId === sessionId;
    },
    subscribe: store.subscribe,
    isInDoubt: () => isPathInDoubt(getSnapshot(), now()),
    isWatched: () => isWatched() || selectNeedsStats(getSnapshot()),
    sample: (source: SampledSource, life: AbortSignal) =>
      onceLive((part) => {
        const eye = part.openPictureEye();
        const onSample: SampledSource['onSample'] = (sample) =>
          source.onSample({ ...sample, look: eye.look(pictureOf(getSnapshot())) });
        return part.pollStats({ ...source, onSample }, life).finally(eye.close);
      }, life),
    dispatch,
  };
  return runSession(session, signal);
}

/** The camera's picture, if viewers see it: a slate, or a black one, and a screen may stand still. */
function pictureOf(state: BroadcasterState): MediaStreamTrack | null {
  const { video } = selectOutgoing(state);
  const isShown = video.status === 'on' && !video.muted && video.slateFor === null;
  return isShown && video.screen === null ? video.track : null;
}

function isWanted({ connection }: BroadcasterState): boolean {
  return connection.status !== 'idle';
}

/** Hands the connection to the app, whose own mistakes must not end a broadcast. */
function show(
  connection: RTCPeerConnection,
  onPeerConnection: Settings['onPeerConnection'],
  log: Log,
): void {
  try {
    onPeerConnection?.(connection);
  } catch (thrown) {
    log(
      'error',
      `The function given as onPeerConnection threw a ${withoutWords(thrown).name}; the broadcast goes on. Mend that function.`,
    );
  }
}
