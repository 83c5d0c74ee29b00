import type { BroadcasterEvent } from './events.js';
import type { Work } from './foundation/run-work.js';
import type { SourceSettings } from './options.js';
import type { WantedCapture } from './sources/capture.js';
import { runCapture } from './sources/capture.js';
import type { SourceOptions } from './sources/constraints.js';
import { watchDevices } from './sources/devices.js';
import type { MediaOpener } from './sources/open-media.js';
import { runScreen } from './sources/open-screen.js';
import type { DeviceKind, Source } from './sources/source.js';
import { DEVICE_KINDS } from './sources/source.js';
import type { DeviceTraits } from './sources/source-kinds.js';
import { DEVICES } from './sources/source-kinds.js';
import type { BroadcasterState } from './state.js';

/** The context of the work of the sources. */
export interface SourceWorkContext {
  readonly store: {
    getSnapshot(): BroadcasterState;
    subscribe(listener: () => void): () => void;
  };
  dispatch(event: BroadcasterEvent): void;
  settings(): SourceSettings;
}

/** The work that the sources want, each as a function of the state. */
export function sourceWorks({
  store,
  dispatch,
  settings,
}: SourceWorkContext): readonly (() => Work | null)[] {
  const { getSnapshot, subscribe } = store;
  const openers = new Map<() => MediaOpener, MediaOpener>();
  const sharedOpener = (create: () => MediaOpener) => {
    const opener = openers.get(create) ?? create();
    openers.set(create, opener);
    return opener;
  };
  const captureWork = <Kind extends DeviceKind>(kind: Kind): Work | null => {
    const { opener, constraints, contentHint }: DeviceTraits<SourceOptions[Kind]> = DEVICES[kind];
    const wanted = () => wantedOf(getSnapshot()[kind]);
    if (wanted() === null) return null;
    const capture = {
      kind,
      wanted,
      subscribe,
      constraintsFor: (deviceId: string | null) => constraints(settings()[kind] ?? {}, deviceId),
      contentHint: () => contentHint(settings()[kind]),
      open: sharedOpener(opener),
      dispatch,
    };
    return { key: 'capture', run: (signal) => runCapture(capture, signal) };
  };
  const screenWork = (): Work | null => {
    const screen = () => getSnapshot().screen;
    return wantedOf(screen()) === null
      ? null
      : { key: 'screen', run: (signal) => runScreen({ screen, subscribe, dispatch }, signal) };
  };
  const devicesWork = (): Work | null => {
    const state = getSnapshot();
    const all = DEVICE_KINDS.map((kind) => state[kind].status);
    const isAsked = all.some((status) => status === 'on' || status === 'failed');
    if (!isAsked || globalThis.navigator?.mediaDevices === undefined) return null;
    return {
      // Permission for the second kind reveals its labels, so the list is made anew.
      key: `devices:${all}`,
      run: (signal) => watchDevices(dispatch, signal),
    };
  };
  return [screenWork, ...DEVICE_KINDS.map((kind) => () => captureWork(kind)), devicesWork];
}

function wantedOf(source: Source): WantedCapture | null {
  if (source.status !== 'opening' && source.status !== 'on') return null;
  const change = source.status === 'on' ? source.change : null;
  return change ?? { request: source.request, target: source.deviceId };
}
