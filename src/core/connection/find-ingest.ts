import { sleep } from '../foundation/time.js';
import type { Scout } from '../signaling/contract.js';
import { retryDelayMs } from './reconnect-policy.js';

/**
 * Looks for the ingest again and again, without publishing anything; resolves whether it was found
 * before `signal` aborted, and never rejects.
 */
export async function findIngest(
  scout: Scout,
  random: () => number,
  signal: AbortSignal,
): Promise<boolean> {
  for (let attempt = 1; !signal.aborted; attempt += 1) {
    try {
      await scout(attempt, signal);
      return !signal.aborted;
    } catch {
      // Still nothing there; that is what the broadcast's own state says already.
      await sleep(retryDelayMs(attempt + 1, random()), signal).catch(() => {});
    }
  }
  return false;
}
