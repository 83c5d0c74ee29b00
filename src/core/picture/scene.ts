/** A corner of the picture. */
export type Corner = 'top-left' | 'top-right' | 'bottom-left' | 'bottom-right';

/** The layouts of a scene. A source that is not there leaves its place to the other one. */
export type SceneLayout = 'camera' | 'screen' | 'camera-over-screen' | 'side-by-side';

/**
 * A picture that is drawn from several sources: their layout, and what lies over them. A scene that
 * has the same size as the one before it changes nothing for players. Images are
 * addresses, `blob:` and `data:` included, that this page may read (CORS).
 */
export interface Scene {
  readonly layout: SceneLayout;
  /**
   * Pixels of the picture, from 160×90 to 3840×2160, made even; by default those that the camera
   * option asks for.
   */
  readonly size?: { readonly width: number; readonly height: number } | undefined;
  /** Where the camera lies over the screen; default `bottom-right`. */
  readonly corner?: Corner | undefined;
  /** The camera's share of the width over the screen, 0.1 to 0.5; default 0.25. */
  readonly cameraSize?: number | undefined;
  /** The camera's shape over the screen; default `rect`. */
  readonly shape?: 'rect' | 'round' | undefined;
  /** A CSS colour behind all of it; default a dark grey. */
  readonly background?: string | undefined;
  /** An image in a corner, such as the logo of a channel. */
  readonly logo?:
    | {
        readonly image: string;
        /** Default `top-right`. */
        readonly corner?: Corner | undefined;
        /** Its share of the width, 0.02 to 0.5; default 0.12. */
        readonly size?: number | undefined;
      }
    | undefined;
  /** Text over the lower third, such as a name. */
  readonly text?: { readonly title: string; readonly subtitle?: string | undefined } | undefined;
}

/** The picture that goes out while no source gives one: a camera that is off, or gone. */
export interface Slate {
  /** A CSS colour; default a dark grey. */
  readonly color?: string | undefined;
  /** At most 200 characters, in lines of your own. */
  readonly text?: string | undefined;
  /** The address of an image that this page may read (CORS). It is shown whole. */
  readonly image?: string | undefined;
}
