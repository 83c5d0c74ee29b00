/** The tracks to send; `absent` kinds are not negotiated at all, a `null` track may come later. */
export interface TrackFeed {
  current(): { readonly video: FeedTrack; readonly audio: FeedTrack };
  /** Calls `listener` whenever `current()` may have changed; returns the function that ends it. */
  subscribe(listener: () => void): () => void;
}

/** One kind of track in a feed. */
export type FeedTrack = MediaStreamTrack | null | 'absent';
