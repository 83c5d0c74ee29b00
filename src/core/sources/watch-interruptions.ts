import { aborted, childOf } from '../foundation/abort.js';
import { listen } from '../foundation/listen.js';
import { elapsedMs, sleep } from '../foundation/time.js';
import { until } from '../foundation/until.js';
import { pictureOf } from './capture.js';
import type { DeviceKind, Source, SourceEvent } from './source.js';
import { DEVICE_KINDS } from './source.js';

/** The context of watching open sources. */
export interface InterruptionWatch {
  sourceOf(kind: DeviceKind): Source;
  /**
   * The newest measure of what an open source gives, a new object for each; `null` while nothing
   * measures it, because its own track is not what is sent.
   */
  flowOf(kind: DeviceKind): Flow | null;
  isBroadcasting(): boolean;
  /** Calls `listener` whenever any of these may have changed; returns the function that ends it. */
  subscribe(listener: () => void): () => void;
  dispatch(event: SourceEvent): void;
}

/** One measure of what a source gives. */
export interface Flow {
  /** Whether nothing came. */
  readonly isStill: boolean;
}

/** Systems hold a device for a moment while another one is opened. */
const BRIEFLY_HELD_MS = 1_000;
/** A camera that has just been opened may need two of them. */
const STILL_MEASURES = 3;
/** The waits before each try to take a device anew. What holds it may be a call of an hour. */
const RETAKE_AFTER_MS = [1_000, 5_000, 10_000, 20_000, 30_000];
/** A device that worked for so long since it was taken anew has recovered. */
const RECOVERED_MS = 30_000;
/** A phone turns its picture some time after itself. */
const TURNED_AFTER_MS = [100, 400, 1_000];

/**
 * Watches over the open sources until `signal` aborts. A call, another app or the lock screen stops a
 * device that stays open, and after it the flags of its track may lie: iOS leaves it live, unmuted,
 * and without a picture. So a flag only says that a device was stopped; that it gives something again
 * is measured, and one that doesn't is opened anew.
 */
export async function watchInterruptions(
  watch: InterruptionWatch,
  signal: AbortSignal,
): Promise<void> {
  const lives = DEVICE_KINDS.flatMap((kind) => [
    followTrack(kind, watch, signal),
    bringBack(kind, watch, signal),
  ]);
  await Promise.allSettled(lives);
}

/** Watches the open track of this kind, and each one after it. */
async function followTrack(
  kind: DeviceKind,
  watch: InterruptionWatch,
  signal: AbortSignal,
): Promise<void> {
  const open = () => {
    const source = watch.sourceOf(kind);
    return source.status === 'on' ? source.capture.track : null;
  };
  const changes = { getSnapshot: open, subscribe: watch.subscribe };
  while (!signal.aborted) {
    const source = watch.sourceOf(kind);
    const life = childOf(signal);
    if (source.status === 'on') watchTrack(source, { ...watch, kind }, life.signal);
    const now = open();
    try {
      await until(changes, (track) => track !== now, signal);
    } finally {
      life.abort();
    }
  }
}

function watchTrack(
  { request, capture }: Extract<Source, { status: 'on' }>,
  {
    kind,
    sourceOf,
    flowOf,
    subscribe,
    dispatch,
  }: InterruptionWatch & { readonly kind: DeviceKind },
  signal: AbortSignal,
): void {
  const { track } = capture;
  const afterwards = (ms: number, then: () => void) => sleep(ms, signal).then(then, () => {});
  const interrupted = (cause: 'held' | 'still') =>
    dispatch({ type: 'source-interrupted', kind, request, cause });
  const resumed = () => {
    if (isInterrupted(sourceOf(kind))) dispatch({ type: 'source-resumed', kind, request });
  };
  const held = () => void afterwards(BRIEFLY_HELD_MS, () => track.muted && interrupted('held'));
  if (track.muted) held();
  listen(track, 'mute', held, signal);
  listen(track, 'unmute', resumed, signal);

  let still = 0;
  let last = flowOf(kind);
  const unsubscribe = subscribe(() => {
    const flow = flowOf(kind);
    if (flow === last) return;
    last = flow;
    if (flow === null) return;
    still = flow.isStill ? still + 1 : 0;
    if (!flow.isStill) resumed();
    else if (still >= STILL_MEASURES) interrupted('still');
  });
  void aborted(signal).then(unsubscribe);

  const turned = () => {
    for (const ms of TURNED_AFTER_MS) {
      void afterwards(ms, () => {
        const source = sourceOf(kind);
        const picture = pictureOf(track);
        const before = source.status === 'on' ? source.capture.picture : null;
        if (picture === null || before === null) return;
        if (picture.width === before.width && picture.height === before.height) return;
        dispatch({ type: 'source-resized', kind, request, picture });
      });
    }
  };
  const orientation = globalThis.screen?.orientation;
  if (orientation !== undefined) listen(orientation, 'change', turned, signal);
}

/** Takes the device of this kind anew for as long as it gives nothing. */
async function bringBack(
  kind: DeviceKind,
  watch: InterruptionWatch,
  signal: AbortSignal,
): Promise<void> {
  const { sourceOf, isBroadcasting, subscribe, dispatch } = watch;
  let tries = 0;
  let triedAt = Number.NEGATIVE_INFINITY;
  const retake = () => {
    tries += 1;
    triedAt = elapsedMs();
    dispatch({ type: 'source-retaken', kind });
  };
  const isNeeded = () => {
    const source = sourceOf(kind);
    // A try that failed may have cost the device that stood still.
    if (source.status === 'failed') return tries > 0 && isBroadcasting();
    return isInterrupted(source);
  };
  const when = (isIt: () => boolean) => until({ getSnapshot: isIt, subscribe }, Boolean, signal);
  const isSettled = () => {
    const source = sourceOf(kind);
    return source.status !== 'opening' && !(source.status === 'on' && source.change !== null);
  };
  if (typeof document !== 'undefined') {
    const seen = () => {
      const isLost = sourceOf(kind).status === 'failed' && isBroadcasting();
      if (!isHidden() && (isLost || isNeeded())) retake();
    };
    listen(document, 'visibilitychange', seen, signal);
  }
  while (!signal.aborted) {
    await when(() => isSettled() && isNeeded());
    if (elapsedMs() - triedAt > RECOVERED_MS) tries = 0;
    const afterMs = RETAKE_AFTER_MS[Math.min(tries, RETAKE_AFTER_MS.length - 1)] ?? 0;
    await sleep(afterMs, signal);
    // A phone gives a hidden page no camera; it is tried when the page is seen again.
    if (isSettled() && isNeeded() && !isHidden()) retake();
  }
}

function isInterrupted(source: Source): boolean {
  return source.status === 'on' && source.interrupted !== undefined;
}

function isHidden(): boolean {
  return typeof document !== 'undefined' && document.visibilityState === 'hidden';
}
