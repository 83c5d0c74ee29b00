import { toBroadcastError } from './errors.js';
import type { Work } from './foundation/run-work.js';
import type { PictureWorkContext } from './picture-work-context.js';
import { wantsDrawing } from './select-outgoing.js';

/** The code that draws, and checks what it is to draw. */
export type LoadDrawing = (
  signal: AbortSignal,
) => Promise<Pick<typeof import('./drawing.js'), 'runDrawing' | 'setScene'>>;

/** The drawing that a scene or a slate wants. Without either it is not even loaded. */
export function pictureWork(context: PictureWorkContext, drawing: LoadDrawing): Work | null {
  if (!wantsDrawing(context.store.getSnapshot())) return null;
  return {
    key: 'picture',
    run: (signal) =>
      drawing(signal)
        .then((part) => part.runDrawing(context, signal))
        .catch((thrown: unknown) => {
          if (signal.aborted) return;
          const error = toBroadcastError(thrown);
          context.dispatch({
            type: 'picture-changed',
            change: { drawing: { status: 'failed', error } },
          });
        }),
  };
}
