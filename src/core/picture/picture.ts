import type { BroadcastError } from '../errors.js';
import type { Capture } from '../sources/source.js';
import type { Scene, Slate } from './scene.js';

/** The size of a picture in pixels, and its frames per second. */
export type PictureSize = NonNullable<Capture['picture']>;

/** How the picture that goes out is made. Without a scene and without a slate a source goes out as it is. */
export interface Picture {
  /** The scene that the app chose; `null` for none. It outlives the broadcast. */
  readonly scene: Scene | null;
  /** The slate of the options, as it was given. */
  readonly slate: Slate;
  readonly drawing: Drawing;
  /** The picture that a source gave last, whose size a slate takes; `null` before the first. */
  readonly last: PictureSize | null;
  /** Why a scene was not taken, or an image is not shown; `null` when all is as the app wants it. */
  readonly problem: BroadcastError | null;
}

/** Where the drawing of a picture stands. */
export type Drawing =
  /** Nothing is drawn, or nothing yet. */
  | { readonly status: 'unused' }
  | { readonly status: 'on'; readonly track: MediaStreamTrack; readonly picture: PictureSize }
  /** This browser cannot draw, or a file of the kit is missing; the next wish for it tries again. */
  | { readonly status: 'failed'; readonly error: BroadcastError };

/** Everything that can happen to the picture that goes out. */
export interface PictureEvent {
  /** A scene or a slate was set, a frame drawn, or something of it failed. */
  readonly type: 'picture-changed';
  readonly change: Partial<Omit<Picture, 'last'>>;
}

/** Nothing is drawn. */
export const UNUSED: Drawing = { status: 'unused' };

/** Nothing was drawn yet. */
export const INITIAL_PICTURE: Picture = {
  scene: null,
  slate: {},
  drawing: UNUSED,
  last: null,
  problem: null,
};
