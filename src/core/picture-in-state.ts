import type { StampedEvent } from './events.js';
import type { Picture } from './picture/picture.js';
import { UNUSED } from './picture/picture.js';
import { shownCapture, wantsDrawing } from './select-outgoing.js';
import { paused } from './sources/source-transition.js';
import type { BroadcasterState } from './state.js';

/** The state with what follows for the picture that goes out, and for a camera that is muted. */
export function afterPicture(state: BroadcasterState, event: StampedEvent): BroadcasterState {
  const { drawing } = state.picture;
  // The next wish for a slate tries to draw again.
  const isRetry = event.type === 'source-muted' && event.muted && drawing.status === 'failed';
  const tried = isRetry ? withPicture(state, { drawing: UNUSED }) : state;
  const next =
    tried.camera.muted && mayClose(tried) ? { ...tried, camera: paused(tried.camera) } : tried;
  const last = shownCapture(next)?.picture ?? next.picture.last;
  const seen = last === next.picture.last ? next : withPicture(next, { last });
  const isOver = drawing.status === 'on' && !wantsDrawing(seen);
  return isOver ? withPicture(seen, { drawing: UNUSED }) : seen;
}

function withPicture(state: BroadcasterState, change: Partial<Picture>): BroadcasterState {
  return { ...state, picture: { ...state.picture, ...change } };
}

/**
 * Whether a muted camera may be closed without leaving viewers with nothing. One that nothing can be
 * drawn for stays open, and gives black.
 */
function mayClose(state: BroadcasterState): boolean {
  const { camera, picture } = state;
  if (camera.status === 'opening') return picture.drawing.status !== 'failed';
  const isCovered = picture.drawing.status === 'on' || shownCapture(state) !== null;
  return camera.status === 'on' && isCovered;
}
