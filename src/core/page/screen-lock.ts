import { aborted } from '../foundation/abort.js';
import { listen } from '../foundation/listen.js';

/**
 * Keeps the screen on until `signal` aborts. The browser lets go of it whenever the page is hidden,
 * so it is taken again when the page is seen again; where it is refused, the screen goes off as usual.
 */
export async function keepScreenOn(signal: AbortSignal): Promise<void> {
  if (typeof document === 'undefined' || typeof navigator === 'undefined') return;
  if (!('wakeLock' in navigator)) return;
  let lock: WakeLockSentinel | null = null;
  let isTaking = false;
  const take = async () => {
    if (isTaking || document.visibilityState !== 'visible' || lock?.released === false) return;
    isTaking = true;
    lock = await navigator.wakeLock.request('screen').catch(() => null);
    isTaking = false;
    if (signal.aborted) await lock?.release();
  };
  listen(document, 'visibilitychange', () => void take(), signal);
  await take();
  await aborted(signal);
  await (lock as WakeLockSentinel | null)?.release();
}
