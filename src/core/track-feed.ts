import type { FeedTrack, TrackFeed } from './peer/peer.js';
import type { Source } from './sources/source.js';
import type { BroadcasterState } from './state.js';

/** The broadcaster's tracks as a session takes them: whatever is captured now, through all its changes. */
export function trackFeed(store: {
  getSnapshot(): BroadcasterState;
  subscribe(listener: () => void): () => void;
}): TrackFeed {
  return {
    current() {
      const { camera, microphone } = store.getSnapshot();
      return { video: trackOf(camera), audio: trackOf(microphone) };
    },
    subscribe: store.subscribe,
  };
}

/** Silences or blackens what is muted; the track goes on, so the ingest never runs dry. */
export function applyMute({ camera, microphone }: BroadcasterState): void {
  for (const source of [camera, microphone]) {
    if (source.status === 'on') source.capture.track.enabled = !source.muted;
  }
}

/** What is excluded or failed is not offered: an ingest would wait for media that never comes. */
function trackOf(source: Source): FeedTrack {
  if (source.status === 'on') return source.capture.track;
  return source.status === 'opening' ? null : 'absent';
}
