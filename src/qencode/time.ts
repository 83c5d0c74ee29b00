/** Epoch milliseconds; the one place where this layer reads a clock. */
export function now(): number {
  return Date.now();
}

/** A pause that can be cut short. */
export interface Pause {
  /** Resolves when the time is over or the pause was cut short. */
  readonly over: Promise<void>;
  /** Ends the pause at once; later calls do nothing. */
  end(): void;
}

/** Begins a pause of `ms` milliseconds; its timer is gone as soon as it is over. */
export function pauseFor(ms: number): Pause {
  let end = () => {};
  const over = new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    end = () => {
      clearTimeout(timer);
      resolve();
    };
  });
  return { over, end };
}
