/** Notes for the page that comes after a reload that the stream of this mark was live at `at`. */
export function markLive(mark: string, at: number): void {
  try {
    storage()?.setItem(mark, String(at));
  } catch {
    // No room: the page that comes after does not know, and asks to be started.
  }
}

/** When the stream of this mark was live before the reload, in epoch milliseconds; asked once. */
export function takeLiveMarker(mark: string): number | null {
  const kept = storage();
  const at = Number(kept?.getItem(mark) ?? Number.NaN);
  kept?.removeItem(mark);
  return Number.isFinite(at) ? at : null;
}

/** A page may be forbidden to keep anything. */
function storage(): Storage | null {
  try {
    return typeof sessionStorage === 'undefined' ? null : sessionStorage;
  } catch {
    return null;
  }
}
