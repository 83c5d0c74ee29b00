/** How bad the way from a publisher to the ingest is; what is left out is good. */
export interface UplinkLimits {
  /** Share of the datagrams that are lost, 0 to 1. */
  readonly loss?: number;
  /** Its rate, in kilobits a second. */
  readonly kbps?: number;
  /** How much of its own rate it holds back before it drops, in milliseconds; a home router's 500. */
  readonly queueMs?: number;
}

/** The way that datagrams take in, as one line with a queue in front of it. */
export interface Uplink {
  /** Holds for what comes from now on; what waits goes on at once when the line has no rate any more. */
  setLimits(limits: UplinkLimits): void;
  /** Calls `deliver` at once, later and in order, or never. */
  carry(bytes: number, deliver: () => void): void;
  /** Forgets what waits. */
  close(): void;
}

const QUEUE_MS = 500;

/** A good line. `chance` answers as `Math.random`. */
export function createUplink(chance: () => number = Math.random): Uplink {
  let limits: UplinkLimits = {};
  let waiting: { readonly at: number; readonly deliver: () => void }[] = [];
  let freeAt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = (until: number) => {
    clearTimeout(timer);
    const due = waiting.filter(({ at }) => at <= until);
    waiting = waiting.slice(due.length);
    for (const { deliver } of due) deliver();
    const [next] = waiting;
    if (next === undefined) return;
    timer = setTimeout(() => flush(performance.now()), next.at - performance.now());
  };
  return {
    setLimits(next) {
      limits = next;
      if (next.kbps !== undefined) return;
      flush(Number.POSITIVE_INFINITY);
      freeAt = 0;
    },
    carry(bytes, deliver) {
      const { loss = 0, kbps, queueMs = QUEUE_MS } = limits;
      if (chance() < loss) return;
      if (kbps === undefined) return deliver();
      const now = performance.now();
      const startsAt = Math.max(now, freeAt);
      if (startsAt - now > queueMs) return;
      freeAt = startsAt + (bytes * 8) / kbps;
      waiting.push({ at: freeAt, deliver });
      if (waiting.length === 1) flush(now);
    },
    close() {
      clearTimeout(timer);
      waiting = [];
    },
  };
}
