/** When this process stood still, and with it the ingest that it runs. */
export interface StallWatch {
  /** Whether the ingest said nothing at this instant (epoch ms), or just before, because it could not run. */
  explains(instant: number): boolean;
  end(): void;
}

const LOOK_MS = 20;
/** With the time between two of its reports, what a page takes for a silence. */
const STALL_MS = 500;
/** A page looks four times a second, and a look of a busy one is late. */
const HEARD_OF_MS = 1_000;

/** Watches until `end`. */
export function watchStalls(): StallWatch {
  const stalls: { readonly from: number; readonly to: number }[] = [];
  let last = Date.now();
  const timer = setInterval(() => {
    const now = Date.now();
    if (now - last >= STALL_MS) stalls.push({ from: last, to: now });
    last = now;
  }, LOOK_MS);
  return {
    explains: (instant) =>
      stalls.some(({ from, to }) => from <= instant && instant <= to + HEARD_OF_MS),
    end: () => clearInterval(timer),
  };
}
