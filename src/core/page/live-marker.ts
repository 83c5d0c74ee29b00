/** Notes for the page that comes after this one that the stream of this mark was live at `at`. */
export function markLive(mark: string, at: number): void {
  try {
    storage()?.setItem(mark, String(at));
  } catch {
    // Forbidden, or no room: the page that comes after does not know, and asks to be started.
  }
}

/** When the stream of this mark was live before the reload, in epoch milliseconds; asked once. */
export function takeLiveMarker(mark: string): number | null {
  try {
    const kept = storage();
    const at = Number(kept?.getItem(mark) ?? Number.NaN);
    kept?.removeItem(mark);
    return Number.isFinite(at) ? at : null;
  } catch {
    // A page may be forbidden to keep anything.
    return null;
  }
}

function storage(): Storage | null {
  return typeof sessionStorage === 'undefined' ? null : sessionStorage;
}
