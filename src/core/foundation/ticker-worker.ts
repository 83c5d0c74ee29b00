/**
 * The code of the ticker's worker, never imported: a hidden page's own timers run once a second,
 * later once a minute, and a worker's run on. It is told `{ id, ms }`, and sends `id` back after
 * `ms`; `null` takes it back. The package ships it as a file of its own beside `ticker.js`.
 */
export {};

const timers = new Map<number, ReturnType<typeof setTimeout>>();

self.addEventListener('message', ({ data }: MessageEvent) => {
  const { id, ms } = data as { readonly id: number; readonly ms: number | null };
  clearTimeout(timers.get(id));
  timers.delete(id);
  if (ms === null) return;
  const due = () => {
    timers.delete(id);
    self.postMessage(id);
  };
  timers.set(id, setTimeout(due, ms));
});
