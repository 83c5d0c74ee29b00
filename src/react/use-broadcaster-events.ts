'use client';

import { useEffect, useRef } from 'react';
import type {
  BroadcastError,
  BroadcasterInstance,
  BroadcasterState,
  ConnectionStatus,
} from '../core/index.js';
import { callBack } from './call-back.js';
import { BROADCASTER, useChecked } from './use-checked.js';

/** The callbacks of `useBroadcasterEvents`. */
export interface BroadcasterEvents {
  /** Called with each new status, but not with the first one. */
  readonly onStatusChange?: ((status: ConnectionStatus) => void) | undefined;
  /** Called once for each error of the options, the devices and the broadcast. */
  readonly onError?: ((error: BroadcastError) => void) | undefined;
}

const OWNER = 'useBroadcasterEvents';

/** Tells an app what happens, in order, without rendering. */
export function useBroadcasterEvents(
  broadcaster: BroadcasterInstance,
  listeners: BroadcasterEvents,
): void {
  const events = useChecked(OWNER, listeners, {});
  const { broadcaster: checked } = useChecked(OWNER, { broadcaster }, { broadcaster: BROADCASTER });
  const latest = useRef(events);
  useEffect(() => {
    latest.current = events;
  });

  const told = useRef<{ status: ConnectionStatus | null; errors: readonly BroadcastError[] }>({
    status: null,
    errors: [],
  });
  useEffect(() => {
    if (checked === undefined) return undefined;
    const tell = () => {
      const state = checked.getSnapshot();
      const { status } = state.connection;
      const { status: statusBefore, errors: errorsBefore } = told.current;
      const errors = errorsOf(state);
      told.current = { status, errors };
      if (statusBefore !== null && statusBefore !== status)
        callBack(latest.current.onStatusChange, status);
      for (const error of errors) {
        if (!errorsBefore.includes(error)) callBack(latest.current.onError, error);
      }
    };
    tell();
    return checked.subscribe(tell);
  }, [checked]);
}

/** One error may stand in two places, as when the camera's failure ended the attempt to go live. */
function errorsOf({ target, camera, microphone, connection }: BroadcasterState) {
  const errors = new Set<BroadcastError>();
  if (target.status === 'invalid') errors.add(target.error);
  if (target.status === 'set' && target.problem !== null) errors.add(target.problem);
  for (const slice of [camera, microphone, connection]) {
    if (slice.status === 'failed') errors.add(slice.error);
  }
  return [...errors];
}
