import type { Composition } from './composition.js';

/** Everything that is in a picture now. */
export interface Shown {
  readonly composition: Composition;
  /** The track of each input by its name; they belong to others, and are never stopped. */
  readonly inputs: ReadonlyMap<string, MediaStreamTrack>;
  /** The loaded images by their key; they belong to the caller. */
  readonly images: ReadonlyMap<number, ImageBitmap>;
}

/** Makes one track out of what it is shown, until the signal aborts that it was opened with. */
export interface Engine {
  /** It is stopped with the engine. */
  readonly track: MediaStreamTrack;
  /** Draws this from now on. */
  show(shown: Shown): void;
}

/** The news of an engine. */
export interface EngineNews {
  /** The first frame is drawn, or the first of another size. */
  onDrawn(size: { readonly width: number; readonly height: number }): void;
  /** It cannot go on. */
  onBroken(thrown: unknown): void;
}

/** Opens an engine. Throws where this browser has not what it takes. */
export type OpenEngine = (news: EngineNews, signal: AbortSignal) => Promise<Engine>;

/** A message to the worker that draws. */
export type ToPictureWorker =
  /** Where the frames go; `null` where the worker has to make the track. */
  | { readonly type: 'begin'; readonly writable: WritableStream<VideoFrame> | null }
  /** The frames of an input, or a track of its own to read them from. */
  | {
      readonly type: 'input';
      readonly name: string;
      readonly readable: ReadableStream<VideoFrame> | null;
      readonly track: MediaStreamTrack | null;
    }
  | { readonly type: 'drop'; readonly name: string }
  | { readonly type: 'image'; readonly key: number; readonly bitmap: ImageBitmap }
  | { readonly type: 'compose'; readonly composition: Composition }
  | { readonly type: 'end' };

/** A message of the worker that draws. */
export type FromPictureWorker =
  | { readonly type: 'begun'; readonly track: MediaStreamTrack | null }
  | { readonly type: 'unable' }
  | { readonly type: 'drawn'; readonly width: number; readonly height: number }
  | { readonly type: 'broken'; readonly name: string };
