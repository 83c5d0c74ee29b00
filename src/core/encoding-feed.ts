import type { EncodingFeed } from './peer/encoding.js';
import { encodingWish } from './quality/quality-steps.js';
import type { BroadcasterState } from './state.js';

/** The encoding that the broadcaster's state asks for, through all its changes. */
export function encodingFeed(store: {
  getSnapshot(): BroadcasterState;
  subscribe(listener: () => void): () => void;
}): EncodingFeed {
  return {
    current: () => encodingWish(store.getSnapshot().quality),
    subscribe: store.subscribe,
  };
}
