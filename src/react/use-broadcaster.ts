'use client';

import { useEffect, useRef, useState } from 'react';
import { isSame } from '../core/foundation/same.js';
import type { BroadcasterInstance, BroadcasterOptions, LogEntry, Renew } from '../core/index.js';
import { createBroadcaster } from '../core/index.js';
import { callBack } from './call-back.js';

/** The options of `useBroadcaster`: those of `createBroadcaster`. */
export type UseBroadcasterOptions = BroadcasterOptions;

/**
 * A broadcaster that lives as long as the component: inert while rendering, told of changed
 * options, released on unmount. Options may be written inline; they are compared by value.
 */
export function useBroadcaster(options: UseBroadcasterOptions = {}): BroadcasterInstance {
  const latest = useRef(options);
  const [{ broadcaster, withLatest }] = useState(() => create(options, latest));

  useEffect(() => {
    const before = latest.current;
    latest.current = options;
    if (!isUnchanged(before, options)) broadcaster.update(withLatest(options));
  });

  const mounts = useRef(0);
  useEffect(() => {
    mounts.current += 1;
    const mount = mounts.current;
    return () => {
      // StrictMode mounts again at once; only an unmount that lasts turns the camera off.
      queueMicrotask(() => {
        if (mounts.current !== mount) return;
        // Nobody is left to report an error to while ending.
        broadcaster.release().catch(() => {});
      });
    };
  }, [broadcaster]);

  return broadcaster;
}

function create(options: BroadcasterOptions, latest: { readonly current: BroadcasterOptions }) {
  // Functions are looked up when they are called: a new one each render is no change of options.
  const logger = (entry: LogEntry) => callBack(latest.current?.logger, entry);
  const onPeerConnection = (connection: RTCPeerConnection) => {
    const { onPeerConnection: show } = latest.current ?? {};
    // Its errors go to the broadcaster, which closes the connection it made.
    if (typeof show === 'function') show(connection);
  };
  const renew: Renew = async (context) => {
    const { renew: askApp } = latest.current ?? {};
    if (typeof askApp !== 'function') throw new TypeError('The prop renew was taken away.');
    return askApp(context);
  };
  const prepared = (next: BroadcasterOptions): BroadcasterOptions => ({
    ...next,
    // Without one, the broadcaster says on the console what is wrong with the options.
    logger: typeof next?.logger === 'function' ? logger : next?.logger,
    // Leave a wrong value for the broadcaster to complain of.
    onPeerConnection: isFunctionOrNothing(next?.onPeerConnection)
      ? onPeerConnection
      : next.onPeerConnection,
    // To be asked for a stream is an offer, so there is a difference between one and none.
    renew: typeof next?.renew === 'function' ? renew : next?.renew,
  });
  const withLatest = (next: BroadcasterOptions): BroadcasterOptions => {
    try {
      return prepared(next);
    } catch {
      // The broadcaster leaves out a value that throws when it is read, and complains of it.
      return next;
    }
  };
  return { broadcaster: createBroadcaster(withLatest(options)), withLatest };
}

function isFunctionOrNothing(value: unknown): boolean {
  return value === undefined || value === null || typeof value === 'function';
}

/** Whether options mean what those before them meant. */
function isUnchanged(before: BroadcasterOptions, options: BroadcasterOptions): boolean {
  try {
    return isSame(comparable(before), comparable(options));
  } catch {
    // Reading them is the broadcaster's business, which complains of what throws.
    return false;
  }
}

/**
 * The options by name: a date as its time, and of a function only that there is one, because the
 * latest is called in place of those before it.
 */
function comparable(options: BroadcasterOptions) {
  const entries = Object.entries<unknown>({ ...options }).map(([name, value]) => [
    name,
    value instanceof Date ? value.getTime() : typeof value === 'function' ? 'function' : value,
  ]);
  return Object.fromEntries(entries);
}
