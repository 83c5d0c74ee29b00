const SLOT_MS = 20;
/** A rate over less than this says more of one key frame than of the stream. */
const SHORTEST_MS = 500;

/** How much comes in at present. Instants are epoch ms. */
export interface BitrateMeter {
  add(bytes: number, atMs: number): void;
  /** Over the last three seconds, or since the first byte if that is less. */
  bitsPerSecond(atMs: number): number;
}

/** Starts at zero. */
export function createBitrateMeter(windowMs = 3000): BitrateMeter {
  const slots: { readonly startedAt: number; bytes: number }[] = [];
  let firstAt: number | undefined;
  return {
    add(bytes, atMs) {
      firstAt ??= atMs;
      const last = slots.at(-1);
      if (last !== undefined && atMs - last.startedAt < SLOT_MS) last.bytes += bytes;
      else slots.push({ startedAt: atMs, bytes });
      while ((slots[0]?.startedAt ?? atMs) <= atMs - windowMs) slots.shift();
    },
    bitsPerSecond(atMs) {
      if (firstAt === undefined) return 0;
      const recent = slots.filter(({ startedAt }) => startedAt > atMs - windowMs);
      const bytes = recent.reduce((sum, slot) => sum + slot.bytes, 0);
      const spanMs = Math.max(SHORTEST_MS, Math.min(windowMs, atMs - firstAt));
      return Math.round((bytes * 8000) / spanMs);
    },
  };
}
