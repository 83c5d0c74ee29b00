import { BroadcastError } from '../errors.js';
import { childOf } from '../foundation/abort.js';
import { within } from '../foundation/time.js';
import { RENEW_MS } from './reconnect-policy.js';

/** The stream that an app hands over to go on with; read as the options of the same names are. */
export interface RenewedStream {
  readonly serverUrl: string;
  readonly streamKey?: string | null | undefined;
  /** Left out, the token of before goes on being used. */
  readonly authToken?: string | null | undefined;
  readonly startedAt?: Date | string | number | null | undefined;
}

/** Starts the stream again, or another one; `signal` aborts when nobody waits for it any more. */
export type Renew = (context: { readonly signal: AbortSignal }) => Promise<RenewedStream>;

/**
 * Asks the app for another stream.
 * @throws BroadcastError `renewal-failed` when it throws or takes too long; the signal's reason.
 */
export async function renewStream(renew: Renew, signal: AbortSignal): Promise<unknown> {
  const asked = childOf(signal);
  try {
    const answer = Promise.resolve().then(() => renew({ signal: asked.signal }));
    return await within(answer, RENEW_MS, renewalTookTooLong, signal);
  } catch (thrown) {
    signal.throwIfAborted();
    if (thrown instanceof BroadcastError && thrown.code === 'renewal-failed') throw thrown;
    throw renewalFailed('The function given as renew threw an error', thrown);
  } finally {
    asked.abort();
  }
}

/** Why a broadcast ends whose stream could not be renewed. */
export function renewalFailed(what: string, cause?: unknown): BroadcastError {
  return new BroadcastError(
    'renewal-failed',
    `The ingest ended the stream, and the app could not start it again: ${what}. Start the stream again and go live with its new URL.`,
    cause === undefined ? {} : { cause },
  );
}

function renewalTookTooLong(): BroadcastError {
  return renewalFailed(`The function given as renew took longer than ${RENEW_MS / 1000} s`);
}
