'use client';

import { useEffect, useRef, useState } from 'react';
import { isRecord } from '../core/foundation/guards.js';
import { isSame } from '../core/foundation/same.js';
import type { BroadcasterInstance, BroadcasterOptions, LogEntry, Renew } from '../core/index.js';
import { createBroadcaster } from '../core/index.js';
import { callBack } from './call-back.js';

/** The options of `useBroadcaster`: those of `createBroadcaster`. */
export type UseBroadcasterOptions = BroadcasterOptions;

/**
 * A broadcaster that lives as long as the component: inert while rendering, told of changed
 * options, released on unmount. Options may be written inline; they are compared by value, and the
 * newest of a function is called in place of those before it.
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
  const held = (kind: 'camera' | 'microphone', name: 'source' | 'processor') => {
    return (...args: readonly unknown[]): unknown => {
      const ofApp: unknown = Object(latest.current?.[kind])[name];
      if (typeof ofApp !== 'function')
        throw new TypeError(`The prop ${kind}.${name} was taken away.`);
      return ofApp(...args);
    };
  };
  const functions = {
    camera: { source: held('camera', 'source'), processor: held('camera', 'processor') },
    microphone: {
      source: held('microphone', 'source'),
      processor: held('microphone', 'processor'),
    },
  };
  const supplied = <Options>(kind: keyof typeof functions, options: Options): Options =>
    isRecord(options)
      ? { ...options, ...pick(functions[kind], (name) => typeof options[name] === 'function') }
      : options;
  const prepared = (next: BroadcasterOptions): BroadcasterOptions => ({
    ...next,
    ...(next?.camera && { camera: supplied('camera', next.camera) }),
    ...(next?.microphone && { microphone: supplied('microphone', next.microphone) }),
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

function pick<Value>(
  values: Readonly<Record<string, Value>>,
  isPicked: (name: string) => boolean,
): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => isPicked(name)));
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
  const comparableOf = (value: unknown): unknown => {
    if (value instanceof Date) return value.getTime();
    return typeof value === 'function' ? 'function' : value;
  };
  const all = Object.entries<unknown>({ ...options }).map(([name, value]) => {
    const isOfSource = (name === 'camera' || name === 'microphone') && isRecord(value);
    const inner = () => Object.entries(Object(value)).map(([key, of]) => [key, comparableOf(of)]);
    return [name, isOfSource ? Object.fromEntries(inner()) : comparableOf(value)];
  });
  return Object.fromEntries(all);
}
