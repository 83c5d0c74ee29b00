import type { BroadcasterHappening } from './events.js';
import type { Work } from './foundation/run-work.js';
import type { Settings } from './options.js';
import { SOURCE_KINDS } from './selectors.js';
import type { WantedCapture } from './sources/capture.js';
import { runCapture } from './sources/capture.js';
import {
  cameraConstraints,
  microphoneConstraints,
  sightOf,
  soundOf,
} from './sources/constraints.js';
import { watchDevices } from './sources/devices.js';
import { createMediaOpener } from './sources/open-media.js';
import type { Source, SourceKind } from './sources/source.js';
import type { BroadcasterState } from './state.js';

/** What the work of the sources needs of the world. */
export interface SourceWorld {
  readonly store: {
    getSnapshot(): BroadcasterState;
    subscribe(listener: () => void): () => void;
  };
  dispatch(happening: BroadcasterHappening): void;
  settings(): Settings;
}

/** The work that camera and microphone want, each as a function of the state. */
export function sourceWorks({
  store,
  dispatch,
  settings,
}: SourceWorld): readonly (() => Work | null)[] {
  const { getSnapshot, subscribe } = store;
  const open = createMediaOpener();
  const captureWork = (kind: SourceKind): Work | null => {
    const wanted = () => wantedOf(getSnapshot()[kind]);
    if (wanted() === null) return null;
    const constraintsFor = (deviceId: string | null) => constraintsOf(kind, deviceId, settings());
    const contentHint = () =>
      kind === 'camera' ? sightOf(settings().camera) : soundOf(settings().microphone);
    const capture = { kind, wanted, subscribe, constraintsFor, contentHint, open, dispatch };
    return { key: 'capture', run: (signal) => runCapture(capture, signal) };
  };
  const devicesWork = (): Work | null => {
    const { camera, microphone } = getSnapshot();
    const isAsked = [camera, microphone].some(
      ({ status }) => status === 'on' || status === 'failed',
    );
    if (!isAsked || globalThis.navigator?.mediaDevices === undefined) return null;
    return {
      // Permission for the second kind reveals its labels, so the list is made anew.
      key: `devices:${camera.status}:${microphone.status}`,
      run: (signal) => watchDevices(dispatch, signal),
    };
  };
  return [...SOURCE_KINDS.map((kind) => () => captureWork(kind)), devicesWork];
}

function wantedOf(source: Source): WantedCapture | null {
  if (source.status !== 'opening' && source.status !== 'on') return null;
  const change = source.status === 'on' ? source.change : null;
  return change ?? { request: source.request, target: source.deviceId };
}

function constraintsOf(kind: SourceKind, deviceId: string | null, settings: Settings) {
  return kind === 'camera'
    ? cameraConstraints(settings.camera ?? {}, deviceId)
    : microphoneConstraints(settings.microphone ?? {}, deviceId);
}
