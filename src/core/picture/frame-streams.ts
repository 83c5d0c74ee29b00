/** As much of mediacapture-transform as is used; the types of the DOM do not have it everywhere. */
export interface FrameStreams {
  /** In the page with Chromium, in a worker with Safari. */
  readonly MediaStreamTrackProcessor?: new (settings: {
    readonly track: MediaStreamTrack;
  }) => { readonly readable: ReadableStream<VideoFrame> };
  /** Chromium's own, in the page. */
  readonly MediaStreamTrackGenerator?: new (settings: {
    readonly kind: 'video';
  }) => MediaStreamTrack & { readonly writable: WritableStream<VideoFrame> };
  /** The one of the standard, in a worker: Safari. */
  readonly VideoTrackGenerator?: new () => {
    readonly track: MediaStreamTrack;
    readonly writable: WritableStream<VideoFrame>;
  };
}

/** The part of it that this place, a page or a worker, has. */
export function frameStreams(): FrameStreams {
  return globalThis as FrameStreams;
}
