import { sleep } from '../foundation/time.js';
import type { SignalingAdapter } from '../signaling/contract.js';
import { retryDelayMs } from './reconnect-policy.js';

/**
 * Looks for the ingest again and again, without publishing anything; resolves whether it was found
 * before `signal` aborted, and never rejects.
 */
export async function findIngest(
  isReachable: SignalingAdapter['isReachable'],
  random: () => number,
  signal: AbortSignal,
): Promise<boolean> {
  for (let attempt = 1; !signal.aborted; attempt += 1) {
    if (await isReachable(attempt, signal)) return !signal.aborted;
    await sleep(retryDelayMs(attempt + 1, random()), signal).catch(() => {});
  }
  return false;
}
