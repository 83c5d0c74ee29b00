/** What the app asks of the encoder. */
export interface AskedQuality {
  /** Upper limit of the video in kilobits per second. */
  readonly maxVideoKbps: number;
  /** Frames per second that were asked of the camera. */
  readonly frameRate: number;
}

/** What the encoder is asked for. */
export interface Quality {
  readonly asked: AskedQuality;
}

/** Everything that can happen to the quality. */
export type QualityHappening = { readonly type: 'quality-asked'; readonly asked: AskedQuality };

/** The quality of a broadcaster without options. */
export const INITIAL_QUALITY: Quality = { asked: { maxVideoKbps: 2_500, frameRate: 30 } };
