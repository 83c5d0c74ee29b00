/** Runs `use` with a part that is loaded when it is first needed; not at all where that cannot be had. */
export type UsePart<Part> = (
  use: (part: Part) => Promise<void>,
  signal: AbortSignal,
) => Promise<void>;

/**
 * Loads a part once, and keeps it. A page that was left open may not find it on its server any more,
 * and a content policy may forbid it: `onMissing` is told, and the next use tries again.
 */
export function loadOnUse<Part>(load: () => Promise<Part>, onMissing: () => void): UsePart<Part> {
  let loading: Promise<Part | null> | null = null;
  return async (use, signal) => {
    loading ??= load().catch(() => {
      loading = null;
      onMissing();
      return null;
    });
    const part = await loading;
    if (part !== null && !signal.aborted) await use(part);
  };
}
