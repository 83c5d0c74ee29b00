/**
 * A picture or sound of the app's own: a stream or a track, which the kit never stops, or a factory
 * that makes one when it is asked, of which the kit stops whatever it returned.
 */
export type SuppliedSource<Request> =
  | MediaStream
  | MediaStreamTrack
  | ((
      request: Request,
    ) => MediaStream | MediaStreamTrack | Promise<MediaStream> | Promise<MediaStreamTrack>);

/** The picture that a factory is asked for. */
export interface PictureRequest {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** Frames per second. */
  readonly frameRate: number;
  /** Aborts when the picture is no longer needed, or was waited for in vain for ten seconds. */
  readonly signal: AbortSignal;
}

/** The sound that a factory is asked for. */
export interface SoundRequest {
  readonly content: 'speech' | 'music';
  /** Aborts when the sound is no longer needed, or was waited for in vain for ten seconds. */
  readonly signal: AbortSignal;
}

/**
 * Makes of the track that was opened the one that goes out, which the kit stops. `track` is a clone
 * for it alone. Without a live track of the same kind within ten seconds the track goes out as it
 * is, and so it does when the other one ends or stands still; the source's `problem` says so.
 */
export type TrackProcessor = (
  track: MediaStreamTrack,
  context: ProcessorContext,
) => MediaStreamTrack | Promise<MediaStreamTrack>;

/** The circumstances of a processor. */
export interface ProcessorContext {
  readonly kind: 'camera' | 'microphone';
  /** Aborts when its track is no longer needed: end then what works on it. */
  readonly signal: AbortSignal;
}

/** The part of a source's options by which an app supplies it; unchecked. */
export interface Supply {
  readonly source: unknown;
  readonly processor: unknown;
  readonly key: unknown;
  /** The picture or sound that a factory is asked for. */
  readonly preset: object;
}
