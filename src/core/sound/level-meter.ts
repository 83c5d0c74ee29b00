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

/**
 * Meters `track`, on the audio thread where the browser can. The code of it is loaded on use: until
 * then, in a browser without Web Audio, and while the browser holds sound back, it reads 0.
 */
export function createLevelMeter(
  track: MediaStreamTrack,
  options: LevelMeterOptions = {},
): LevelMeter {
  const life = new AbortController();
  const listeners = new Set<(sample: LevelSample) => void>();
  let opened: Pick<LevelMeter, 'read' | 'peak'> | null = null;
  const open = async () => {
    const { measureLevel } = await import('./measure-level.js');
    if (life.signal.aborted) return;
    const onSample = (sample: LevelSample) => {
      for (const listener of [...listeners]) listener(sample);
    };
    opened = measureLevel(track, { ...options, onSample }, life.signal);
  };
  // Too many contexts, or a file that is gone: nothing is worth losing the page for.
  open().catch(() => {});
  return {
    read: () => opened?.read() ?? 0,
    peak: () => opened?.peak() ?? 0,
    subscribe(listener) {
      const entry = (sample: LevelSample) => listener(sample);
      listeners.add(entry);
      return () => listeners.delete(entry);
    },
    close() {
      opened = null;
      life.abort();
    },
  };
}
