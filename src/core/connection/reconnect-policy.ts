import type { BroadcastError } from '../errors.js';
import type { Stamp } from '../foundation/stamp.js';
import type { Network } from './network.js';

/**
 * The very first connect makes so many attempts, and begins none once this long has passed, or as
 * long as `askedMs` where the server asked to be given time.
 */
export const FIRST_CONNECT = { attempts: 4, withinMs: 15_000, askedMs: 60_000 } as const;

/**
 * After so long without a fault all is well: media gives a broadcast its whole resume window back,
 * an offer is requested again without delay.
 */
export const HEALTHY_AFTER_MS = 5_000;

/**
 * How long a silent session may heal by itself before a new one replaces it, in milliseconds: after
 * its ingest answered over its own socket and nothing explains the silence, after it answered and
 * the browser said why (another network, sleep), after the network was found again, and after both
 * sides began to look for a path anew.
 */
export const HEAL = {
  unexplainedMs: 8_000,
  explainedMs: 1_500,
  foundMs: 1_000,
  restartedMs: 4_000,
} as const;

/** How long OvenMediaEngine keeps a session that it hears nothing of, in milliseconds. */
export const GHOST_MS = 30_000;

/**
 * So many refusals in a row are meant once no session of ours can be what is in the way: the server
 * ended it itself, or has had this long, in milliseconds, to notice its end.
 */
export const REFUSED = { times: 5, ghostGoneMs: GHOST_MS + 5_000 } as const;

/** While the browser says that it is offline it is still not trusted: tried this often, in milliseconds. */
export const OFFLINE_RETRY_MS = 5_000;

/** How long the app may take to hand over another stream, in milliseconds. */
export const RENEW_MS = 30_000;

/**
 * Milliseconds before attempt `attempt` (1 is the first): none before the first, then doubling
 * from 0.4 s up to 1 s, of which between half and all is taken as `random` (0 to 1) says, so that
 * the broadcasters that a restart cut off do not come back in one wave. An ingest that is back is
 * thus found within a second.
 */
export function retryDelayMs(attempt: number, random: number): number {
  if (attempt <= 1) return 0;
  const ceiling = Math.min(400 * 2 ** (attempt - 2), 1_000);
  return ceiling * (0.5 + random / 2);
}

/** As `retryDelayMs`, after so many refusals in a row that are meant: up to 10 s after 40 to 55 s. */
export function refusedDelayMs(refusals: number, random: number): number {
  const ceiling = refusals < 15 ? 1_000 : refusals < 40 ? 2_000 : 10_000;
  return ceiling * (0.5 + random / 2);
}

/** As `retryDelayMs`, for signaling that runs ahead: nobody waits for it, so it may go up to a minute. */
export function prepareDelayMs(attempt: number, random: number): number {
  return Math.min(1_000 * 2 ** (attempt - 1), 60_000) * (0.5 + random / 2);
}

/** The wait before the next attempt, after `attempts` of them; never shorter than the server asked for. */
export function waiting(
  { at, random }: Stamp,
  cause: BroadcastError,
  attempts: number,
  network: Network,
) {
  const delayMs = network.online ? retryDelayMs(attempts + 1, random) : OFFLINE_RETRY_MS;
  return {
    phase: 'waiting',
    nextTryAt: at + Math.max(delayMs, cause.retryAfterMs),
    cause,
  } as const;
}

/** Whether a server that asked for time still has it at `at` (epoch milliseconds). */
export function isAskedToWait(
  step: { readonly phase: string; readonly nextTryAt?: number; readonly cause?: BroadcastError },
  at: number,
): boolean {
  const { phase, cause, nextTryAt = 0 } = step;
  return phase === 'waiting' && (cause?.retryAfterMs ?? 0) > 0 && at < nextTryAt;
}
