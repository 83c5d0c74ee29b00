/** How loud a sound was for a moment; linear, where 1 is full scale. */
export interface LevelSample {
  /** The root of the mean square. */
  readonly rms: number;
  /** The largest value. */
  readonly peak: number;
}

/** Reads how loud a sound is. */
export interface LevelMeter {
  /** The level now: 0 is silence (-60 dBFS and below), 1 is full scale. */
  read(): number;
  /** The highest level of the last moments, on the same scale: it is held, and then falls. */
  peak(): number;
  /**
   * Calls `listener` with each moment that was measured, some twenty of them a second, in a hidden
   * page too; returns the function that ends it.
   */
  subscribe(listener: (sample: LevelSample) => void): () => void;
  /** Ends the meter; it never stops the track. */
  close(): void;
}

/** The options of a level meter. */
export interface LevelMeterOptions {
  /**
   * Where the page serves `level-worklet.js` of the package. By default it lies where the bundler
   * put it. Where it cannot be loaded, the meter measures on the page's own thread.
   */
  readonly workletUrl?: string | URL | undefined;
}
