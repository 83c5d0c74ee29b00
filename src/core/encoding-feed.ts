import type { EncodingFeed } from './peer/encoding.js';
import { encodingWish } from './quality/quality-steps.js';
import type { BroadcasterState } from './state.js';

/** What the broadcaster's state asks of the encoder, through all its changes. */
export function encodingFeed(store: {
  getSnapshot(): BroadcasterState;
  subscribe(listener: () => void): () => void;
}): EncodingFeed {
  return {
    current: () => encodingWish(store.getSnapshot().quality),
    subscribe: store.subscribe,
  };
}
