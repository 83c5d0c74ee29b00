import type { BroadcasterHappening } from './events.js';
import type { Work } from './foundation/run-work.js';
import type { Settings } from './options.js';
import { SOURCE_KINDS } from './selectors.js';
import { runCapture } from './sources/capture.js';
import {
  cameraConstraints,
  microphoneConstraints,
  sightOf,
  soundOf,
} from './sources/constraints.js';
import { watchDevices } from './sources/devices.js';
import { createMediaOpener } from './sources/open-media.js';
import type { SourceKind } from './sources/source.js';
import type { BroadcasterState } from './state.js';

/** What the work of the sources needs of the world. */
export interface SourceWorld {
  getSnapshot(): BroadcasterState;
  dispatch(happening: BroadcasterHappening): void;
  settings(): Settings;
}

/** The work that camera and microphone want, each as a function of the state. */
export function sourceWorks({
  getSnapshot,
  dispatch,
  settings,
}: SourceWorld): readonly (() => Work | null)[] {
  const open = createMediaOpener();
  const captureWork = (kind: SourceKind): Work | null => {
    const source = getSnapshot()[kind];
    if (source.status !== 'opening' && source.status !== 'on') return null;
    const { request } = source;
    const constraints = constraintsOf(kind, source.deviceId, settings());
    const { camera, microphone } = settings();
    const contentHint = kind === 'camera' ? sightOf(camera) : soundOf(microphone);
    return {
      key: `capture:${request}`,
      run: (signal) =>
        runCapture({ kind, request, constraints, contentHint, open, dispatch }, signal),
    };
  };
  const devicesWork = (): Work | null => {
    const { camera, microphone } = getSnapshot();
    if (camera.status !== 'on' && microphone.status !== 'on') return null;
    return {
      // Permission for the second kind reveals its labels, so the list is made anew.
      key: `devices:${camera.status}:${microphone.status}`,
      run: (signal) => watchDevices(dispatch, signal),
    };
  };
  return [...SOURCE_KINDS.map((kind) => () => captureWork(kind)), devicesWork];
}

function constraintsOf(kind: SourceKind, deviceId: string | null, settings: Settings) {
  return kind === 'camera'
    ? cameraConstraints(settings.camera ?? {}, deviceId)
    : microphoneConstraints(settings.microphone ?? {}, deviceId);
}
