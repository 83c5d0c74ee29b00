import { toBroadcastError } from './errors.js';
import { until } from './foundation/until.js';
import type { WantedPicture } from './picture/draw-picture.js';
import { drawPicture } from './picture/draw-picture.js';
import { parseScene } from './picture/parse-scene.js';
import { UNUSED } from './picture/picture.js';
import type { Scene } from './picture/scene.js';
import type { PictureWorkContext } from './picture-work-context.js';
import { slateCause, wantsDrawing } from './select-outgoing.js';
import { pictureAskedOf } from './sources/constraints.js';
import type { BroadcasterState } from './state.js';

/**
 * Draws the picture that the state wants until `signal` aborts.
 * @throws BroadcastError `unsupported` where this browser cannot.
 */
export function runDrawing(context: PictureWorkContext, signal: AbortSignal): Promise<void> {
  const { store, dispatch, settings } = context;
  const { getSnapshot, subscribe } = store;
  const drawing = {
    wanted: () => wantedOf(getSnapshot(), pictureAskedOf(settings().camera)),
    subscribe,
    dispatch,
  };
  return drawPicture(drawing, signal);
}

/**
 * As `Broadcaster.setScene`, until `signal` aborts because another scene came.
 * @throws as that does.
 */
export async function setScene(
  { store, dispatch }: Omit<PictureWorkContext, 'settings'>,
  given: Scene | null,
  signal: AbortSignal,
): Promise<void> {
  const { getSnapshot } = store;
  let scene: Scene | null = null;
  try {
    scene = given === null ? null : parseScene(given);
  } catch (thrown) {
    const problem = toBroadcastError(thrown);
    dispatch({ type: 'picture-changed', change: { problem } });
    throw problem;
  }
  const isRetry = getSnapshot().picture.drawing.status === 'failed';
  const change = { scene, problem: null, ...(isRetry ? { drawing: UNUSED } : {}) };
  dispatch({ type: 'picture-changed', change });
  const isWaiting = (state: BroadcasterState) =>
    wantsDrawing(state) && state.picture.drawing.status === 'unused';
  await until(store, (state) => !isWaiting(state), signal);
  const { drawing } = getSnapshot().picture;
  if (scene !== null && drawing.status === 'failed') throw drawing.error;
}

function wantedOf(
  state: BroadcasterState,
  asked: ReturnType<typeof pictureAskedOf>,
): WantedPicture {
  const { scene, slate, last } = state.picture;
  const isSlate = slateCause(state) !== null;
  return {
    inputs: isSlate ? new Map() : inputsOf(state),
    scene: isSlate ? null : scene,
    slate,
    size: scene === null ? (last ?? asked) : { ...asked, ...scene.size },
  };
}

const INPUTS = ['camera', 'screen'] as const;

function inputsOf(state: BroadcasterState): WantedPicture['inputs'] {
  const shown = INPUTS.flatMap((kind) => {
    const source = state[kind];
    return source.status === 'on' && !source.muted ? [[kind, source.capture.track] as const] : [];
  });
  return new Map(shown);
}
