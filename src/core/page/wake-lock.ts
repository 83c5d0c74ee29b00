import { aborted } from '../foundation/abort.js';
import { listen } from '../foundation/listen.js';
import { policyOn } from '../foundation/permissions-policy.js';

/**
 * Keeps the screen on until `signal` aborts. The browser lets go of it whenever the page is hidden,
 * so it is taken again when the page is seen again; where it is refused, the screen goes off as usual.
 */
export async function keepScreenOn(signal: AbortSignal): Promise<void> {
  if (typeof document === 'undefined' || typeof navigator === 'undefined') return;
  if (!('wakeLock' in navigator) || policyOn('screen-wake-lock') === 'forbidden') return;
  let lock: WakeLockSentinel | null = null;
  const take = async () => {
    if (signal.aborted || document.visibilityState !== 'visible' || lock?.released === false)
      return;
    try {
      lock = await navigator.wakeLock.request('screen');
    } catch {
      lock = null;
    }
  };
  // One after the other: request again a lock that was refused because the page hid meanwhile.
  let taken = take();
  const takeAgain = () => {
    taken = taken.then(take);
  };
  listen(document, 'visibilitychange', takeAgain, signal);
  await aborted(signal);
  await taken;
  await (lock as WakeLockSentinel | null)?.release().catch(() => {});
}
