import { isBroadcasting } from './connection/connection.js';
import { selectOutgoing } from './select-outgoing.js';
import type { SourceContext } from './source-context.js';
import { watchDevices } from './sources/devices.js';
import type { DeviceKind } from './sources/source.js';
import type { Flow } from './sources/watch-interruptions.js';
import { watchInterruptions } from './sources/watch-interruptions.js';
import { watchPermissions } from './sources/watch-permissions.js';
import type { BroadcasterState } from './state.js';
import type { StatsSample } from './stats/sample.js';

/*
 * The code that looks after cameras and microphones beside their capture, which works without it. A
 * chunk of its own keeps the first one small.
 */

/** Lists the devices now and whenever they change, until `signal` aborts. */
export function listDevices(
  { store, settings, dispatch }: SourceContext,
  signal: AbortSignal,
): Promise<void> {
  const watch = {
    listed: () => store.getSnapshot().devices,
    isReturnWanted: () => settings().returnToDevice,
    dispatch,
  };
  return watchDevices(watch, signal);
}

/** Keeps the permissions true until `signal` aborts. */
export function readPermissions(
  { store, dispatch }: SourceContext,
  signal: AbortSignal,
): Promise<void> {
  return watchPermissions({ known: () => store.getSnapshot().permissions, dispatch }, signal);
}

/** Takes open devices anew that give nothing, until `signal` aborts. */
export function keepFlowing(
  { store, dispatch }: SourceContext,
  signal: AbortSignal,
): Promise<void> {
  const { getSnapshot, subscribe } = store;
  const watch = {
    sourceOf: (kind: DeviceKind) => getSnapshot()[kind],
    flowOf: (kind: DeviceKind) => flowOf(getSnapshot(), kind),
    isBroadcasting: () => isBroadcasting(getSnapshot().connection),
    subscribe,
    dispatch,
  };
  return watchInterruptions(watch, signal);
}

/** One object for each sample. */
const flows = new WeakMap<StatsSample, Partial<Record<DeviceKind, Flow>>>();

/** The newest second of what is sent says what a source gives, where it is what is sent. */
function flowOf(state: BroadcasterState, kind: DeviceKind): Flow | null {
  const source = state[kind];
  const { video, audio } = selectOutgoing(state);
  const sent = kind === 'camera' ? video : audio;
  if (source.status !== 'on' || sent.status !== 'on' || sent.muted) return null;
  if (sent.track !== source.capture.track) return null;
  const { stats, connection } = state;
  if (connection.status !== 'live' || stats.status !== 'sampled' || !stats.isCurrent) return null;
  const { sample } = stats;
  const given =
    kind === 'camera'
      ? (sample.sourceFramesPerSecond ?? sample.framesPerSecond)
      : sample.audioBitsPerSecond;
  if (given === undefined) return null;
  const known = flows.get(sample) ?? {};
  flows.set(sample, known);
  known[kind] ??= { isStill: given === 0 };
  return known[kind];
}
