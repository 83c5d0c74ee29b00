/** A way into the ingest, or why there is none. */
export type WayIn =
  | { readonly available: true; readonly port: number }
  | { readonly available: false; readonly reason: string };

/** The ways in for encoders; browsers always have theirs. */
export interface EncoderWays {
  readonly rtmp: WayIn;
  readonly srt: WayIn;
}
