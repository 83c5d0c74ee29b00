import type { BroadcasterEvent } from './events.js';
import type { Settings } from './options.js';
import type { BroadcasterState } from './state.js';

/** The context of all work on sources. */
export interface SourceContext {
  readonly store: {
    getSnapshot(): BroadcasterState;
    subscribe(listener: () => void): () => void;
  };
  dispatch(event: BroadcasterEvent): void;
  settings(): Settings;
}
