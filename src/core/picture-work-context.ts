import type { BroadcasterEvent } from './events.js';
import type { SourceSettings } from './options.js';
import type { BroadcasterState } from './state.js';

/** The context of the work that draws. */
export interface PictureWorkContext {
  readonly store: {
    getSnapshot(): BroadcasterState;
    subscribe(listener: () => void): () => void;
  };
  dispatch(event: BroadcasterEvent): void;
  settings(): SourceSettings;
}
