'use client';

import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import type { BroadcastSession } from '../qencode/session-messages.js';
import { ignoreRejection } from './ignore-rejection.js';
import type { SessionEndpoint } from './session/session-client.js';
import { SessionRequestError } from './session/session-request-error.js';
import type { SessionState } from './session/session-state.js';
import { INITIAL_SESSION } from './session/session-state.js';
import type { SessionStore } from './session/session-store.js';
import { createSessionStore } from './session/session-store.js';
import type { Kinds } from './use-checked.js';
import { BOOLEAN, FUNCTION, TEXT, useChecked } from './use-checked.js';
import { useLastingEffect } from './use-lasting-effect.js';

/** The options of `useBroadcastSession`; functions may be written inline. */
export interface BroadcastSessionOptions extends Omit<SessionEndpoint, 'url'> {
  /**
   * Starts a stream as soon as the component is there; default false. The ingest's 120 seconds then
   * run while the camera is still being chosen.
   */
  readonly autoStart?: boolean | undefined;
}

const OWNER = 'useBroadcastSession';
const DEFAULT_URL = '/api/broadcast';
const CREDENTIALS: readonly unknown[] = ['omit', 'same-origin', 'include'];

const KINDS: Kinds<BroadcastSessionOptions> = {
  headers: [FUNCTION[0], 'a function that returns headers'],
  credentials: [(value) => CREDENTIALS.includes(value), 'omit, same-origin or include'],
  autoStart: BOOLEAN,
};

/** The props of `<WebRTCBroadcaster>` that come from a session. */
export interface SessionBroadcasterProps {
  readonly serverUrl?: string;
  readonly streamKey?: string;
  readonly startedAt?: string;
  /** The stream's last status by the server. */
  readonly streamStatus: string | null;
  /** How far the clock of `startedAt` is ahead of this page's. */
  readonly clockOffsetMs: number;
  /** Starts the stream, or the same one again once it ended. */
  readonly onStartAgain: () => void;
  /** Ends the stream with whatever source is live on it, and starts it again. */
  readonly onTakeOver: () => Promise<unknown>;
  /** Whether the app stops the stream, or has, so that a broadcast to it should end. */
  readonly isStopped: boolean;
  /** `false` while the stream stops, so that nothing is prepared for it; else absent. */
  readonly autoPrepare?: false;
  /** Whether it is being started. */
  readonly isStarting: boolean;
  /** Why it did not work, in words for people. */
  readonly startProblem: string | null;
}

/** A broadcast's session, as the app's own server keeps it. */
export interface BroadcastSessionControl
  extends Omit<SessionState, 'isStopped'>,
    Pick<SessionStore, 'start' | 'renew' | 'stop' | 'takeOver'> {
  /** Spread these into `<WebRTCBroadcaster>`, which is then the whole app. */
  readonly broadcasterProps: SessionBroadcasterProps;
}

/**
 * Starts, renews, stops and follows a stream through the app's own server, whose session endpoint
 * speaks to the Live API; the page never holds the API's key. Lives as long as the component, which
 * aborts what it waits for and leaves a running stream running.
 */
export function useBroadcastSession(
  endpoint: string = DEFAULT_URL,
  options: BroadcastSessionOptions = {},
): BroadcastSessionControl {
  const { headers, credentials, autoStart = false } = useChecked(OWNER, options, KINDS);
  const { endpoint: url = DEFAULT_URL } = useChecked(OWNER, { endpoint }, { endpoint: TEXT });
  const latest = useRef<SessionEndpoint>({ url, headers, credentials });
  useEffect(() => {
    latest.current = { url, headers, credentials };
  });
  const [store] = useState(() => createSessionStore(() => latest.current));

  const mounts = useRef(0);
  useEffect(() => {
    mounts.current += 1;
    const mount = mounts.current;
    store.open();
    return () => {
      // StrictMode mounts again at once; only an unmount that lasts gives up what is under way.
      queueMicrotask(() => {
        if (mounts.current === mount) store.close();
      });
    };
  }, [store]);

  const isUntouched = () => store.getSnapshot().phase === 'idle';
  useLastingEffect(autoStart, () => isUntouched() && ignoreRejection(store.start()), store);

  const state = useSyncExternalStore(store.subscribe, store.getSnapshot, initial);
  return useMemo(() => {
    const { isStopped: _, ...shown } = state;
    const { start, renew, stop, takeOver } = store;
    return {
      ...shown,
      start,
      renew,
      stop,
      takeOver,
      broadcasterProps: broadcasterProps(state, store),
    };
  }, [state, store]);
}

const initial = () => INITIAL_SESSION;

function broadcasterProps(state: SessionState, store: SessionStore): SessionBroadcasterProps {
  const { phase, session, error, isStopped, streamStatus, clockOffsetMs } = state;
  return {
    streamStatus,
    clockOffsetMs,
    // A stream that ended by itself stays the broadcaster's, which knows how to go on from there.
    ...(session === null || isStopped ? {} : addressOf(session)),
    onStartAgain: () => ignoreRejection(startAgain(store)),
    onTakeOver: store.takeOver,
    isStopped: isStopped || phase === 'stopping',
    ...(phase === 'stopping' && { autoPrepare: false }),
    isStarting: phase === 'starting' || phase === 'renewing',
    // A stream that could not be stopped still runs.
    startProblem: phase === 'failed' || phase === 'started' ? (error?.message ?? null) : null,
  };
}

function addressOf({ serverUrl, streamKey, startedAt }: BroadcastSession) {
  return { serverUrl, streamKey, ...(startedAt === null ? {} : { startedAt }) };
}

/** Asks a server that has forgotten the stream for another one. */
async function startAgain(store: SessionStore): Promise<void> {
  try {
    await store.renew();
  } catch (thrown) {
    if (!(thrown instanceof SessionRequestError) || thrown.code !== 'unknown-session') throw thrown;
    await store.start();
  }
}
