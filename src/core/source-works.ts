import type { BroadcastError } from './errors.js';
import type { Work } from './foundation/run-work.js';
import { withCapturing } from './load-capturing.js';
import type { UseSourceWatch } from './load-source-watch.js';
import { createSuppliedOpener } from './load-supplied.js';
import type { SourceSettings } from './options.js';
import { runScreen } from './screen-work.js';
import { supplyOf } from './settings-in-state.js';
import type { SourceContext } from './source-context.js';
import type { WantedCapture } from './sources/capture.js';
import type { SourceOptions } from './sources/constraints.js';
import type { CaptureWish, MediaOpener } from './sources/open-media.js';
import type { DeviceKind, Facing, Source } from './sources/source.js';
import { DEVICE_KINDS } from './sources/source.js';
import type { DeviceTraits } from './sources/source-kinds.js';
import { DEVICES } from './sources/source-kinds.js';

/** The context of the work of the sources. */
export interface SourceWorkContext extends SourceContext {
  /** Whether anybody outside looks at the state. */
  isWatched(): boolean;
  readonly sourceWatch: UseSourceWatch;
}

/** The work that the sources want, each as a function of the state. */
export function sourceWorks(context: SourceWorkContext): readonly (() => Work | null)[] {
  const { store, dispatch } = context;
  const { getSnapshot, subscribe } = store;
  const settings = (): SourceSettings => context.settings();
  const openers = new Map<() => MediaOpener, MediaOpener>();
  const sharedOpener = (create: () => MediaOpener) => {
    const opener = openers.get(create) ?? create();
    openers.set(create, opener);
    return opener;
  };
  const openSupplied = createSuppliedOpener();
  const failed = (kind: DeviceKind) => (error: BroadcastError) => {
    const wanted = wantedOf(getSnapshot()[kind]);
    if (wanted !== null) dispatch({ type: 'source-failed', kind, request: wanted.request, error });
  };
  const captureWork = <Kind extends DeviceKind>(kind: Kind): Work | null => {
    const { opener, constraints, smaller, contentHint }: DeviceTraits<SourceOptions[Kind]> =
      DEVICES[kind];
    const wanted = () => wantedOf(getSnapshot()[kind]);
    if (wanted() === null) return null;
    const capture = {
      kind,
      wanted,
      subscribe,
      constraintsFor: (deviceId: string | null, facing?: Facing) =>
        constraints(settings()[kind] ?? {}, deviceId, facing),
      smaller: () => smaller(settings()[kind] ?? {}),
      contentHint: () => contentHint(settings()[kind]),
      dispatch,
    };
    return {
      key: 'capture',
      run: (signal) =>
        withCapturing(
          (part) => {
            const openDevice = sharedOpener(opener(part));
            const open = (wish: CaptureWish) => {
              const supply = supplyOf(settings(), kind);
              const maker = supply.source ?? supply.processor ?? wish.before?.media.supply ?? null;
              return maker === null
                ? openDevice(wish)
                : openSupplied({ ...wish, supply, openDevice });
            };
            return part.runCapture({ ...capture, open }, signal);
          },
          failed(kind),
          signal,
        ),
    };
  };
  const screenWork = (): Work | null => {
    const screen = () => getSnapshot().screen;
    return wantedOf(screen()) === null
      ? null
      : { key: 'screen', run: (signal) => runScreen({ screen, subscribe, dispatch }, signal) };
  };
  return [screenWork, ...DEVICE_KINDS.map((kind) => () => captureWork(kind))];
}

/**
 * The work that looks after devices beside their capture. Permissions are read only while somebody
 * looks at the state, who may also see the devices before any is opened.
 */
export function sourceWatchWorks(context: SourceWorkContext): readonly (() => Work | null)[] {
  const { store, isWatched, sourceWatch } = context;
  const { getSnapshot } = store;
  const statuses = () => DEVICE_KINDS.map((kind) => getSnapshot()[kind].status);
  const permissionsWork = (): Work | null => {
    if (!isWatched() || globalThis.navigator === undefined) return null;
    return {
      // Safari tells only of what a capture was told.
      key: `permissions:${statuses()}`,
      run: (signal) => sourceWatch((part) => part.readPermissions(context, signal), signal),
    };
  };
  const devicesWork = (): Work | null => {
    const all = statuses();
    const granted = Object.values(getSnapshot().permissions);
    const isAsked = all.some((status) => status === 'on' || status === 'failed');
    const isWanted = isAsked || (isWatched() && granted.includes('granted'));
    if (!isWanted || globalThis.navigator?.mediaDevices === undefined) return null;
    return {
      // Permission for the second kind reveals its labels, so the list is made anew.
      key: `devices:${all}:${granted}`,
      run: (signal) => sourceWatch((part) => part.listDevices(context, signal), signal),
    };
  };
  const flowWork = (): Work | null => {
    const isNeeded = statuses().some((status) => status === 'on' || status === 'failed');
    if (!isNeeded) return null;
    return {
      key: 'flow',
      run: (signal) => sourceWatch((part) => part.keepFlowing(context, signal), signal),
    };
  };
  return [permissionsWork, devicesWork, flowWork];
}

function wantedOf(source: Source): WantedCapture | null {
  if (source.status !== 'opening' && source.status !== 'on') return null;
  const change = source.status === 'on' ? source.change : null;
  return change ?? { request: source.request, target: source.deviceId };
}
