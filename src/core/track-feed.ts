import type { FeedTrack, TrackFeed } from './peer/feed.js';
import type { OutgoingMedia } from './select-outgoing.js';
import { selectOutgoing } from './select-outgoing.js';
import { SOURCE_KINDS } from './sources/source.js';
import type { BroadcasterState } from './state.js';

/** The broadcaster's tracks as a session takes them: whatever is captured now, through all its changes. */
export function trackFeed(store: {
  getSnapshot(): BroadcasterState;
  subscribe(listener: () => void): () => void;
}): TrackFeed {
  return {
    current() {
      const { video, audio } = selectOutgoing(store.getSnapshot());
      return { video: trackOf(video), audio: trackOf(audio) };
    },
    subscribe: store.subscribe,
  };
}

/** Silences or blackens what is muted; the track goes on, so the ingest never runs dry. */
export function applyMute(state: BroadcasterState): void {
  for (const kind of SOURCE_KINDS) {
    const source = state[kind];
    if (source.status !== 'on') continue;
    const { track, sound } = source.capture;
    for (const one of [track, sound]) if (one) one.enabled = !source.muted;
  }
}

/** An excluded or failed source is not offered: an ingest would wait for media that never comes. */
function trackOf(media: OutgoingMedia): FeedTrack {
  if (media.status === 'on') return media.track;
  return media.status === 'opening' ? null : 'absent';
}
