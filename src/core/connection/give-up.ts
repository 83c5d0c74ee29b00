import { BroadcastError, familyOf } from '../errors.js';
import type { Stamp } from '../foundation/stamp.js';
import type { Connection } from './connection.js';
import { renewalFailed } from './renew-stream.js';
import type { IngestTarget } from './target.js';

/** The broadcast is over. */
export function failed(error: BroadcastError, { at }: Stamp): Connection {
  return { status: 'failed', error, endedAt: at };
}

/**
 * The window ran out with `error`: asks the app for another stream, if it offered one.
 * Asked again, it might go on for ever handing over streams that nobody can reach.
 */
export function expired(
  connection: Extract<Connection, { status: 'connecting' | 'reconnecting' }>,
  error: BroadcastError,
  stamp: Stamp,
  target: IngestTarget,
): Connection {
  if (target.status !== 'set' || !target.isRenewable) return failed(error, stamp);
  const wasRenewed =
    connection.status === 'connecting'
      ? connection.isRenewed
      : connection.interruption.renewal !== 'none';
  if (wasRenewed)
    return failed(renewalFailed('The stream it handed over ended, too', error), stamp);
  return { ...connection, step: { phase: 'renewing', requestId: stamp.id, cause: error } };
}

/**
 * An attempt met an error that a second one would meet again. Where the address is what the server
 * refuses, the app may have another.
 */
export function refusedForGood(
  connection: Extract<Connection, { status: 'connecting' | 'reconnecting' }>,
  error: BroadcastError,
  stamp: Stamp,
  target: IngestTarget,
): Connection {
  return familyOf(error) === 'address'
    ? expired(connection, error, stamp, target)
    : failed(error, stamp);
}

/** Why a first connect ends when the ingest no longer waits for it. */
export function ingestTimeout(timeoutSeconds: number, cause: BroadcastError): BroadcastError {
  return new BroadcastError(
    'ingest-timeout',
    `No media reached the ingest within ${timeoutSeconds} s of the stream's start, so it stopped waiting. Start the stream again and go live with its new URL.`,
    { cause },
  );
}

/** Why a broadcast ends that could not be resumed in time. */
export function resumeExpired(cause: BroadcastError): BroadcastError {
  return new BroadcastError(
    'resume-expired',
    'The stream ended before the broadcast was back. Start the stream again and go live with its new URL.',
    { cause },
  );
}

/** Why nothing is published when neither source may be used. */
export function nothingToSend(): BroadcastError {
  return new BroadcastError(
    'invalid-options',
    'There is nothing to send: both camera and microphone are switched off in the options. Allow one of them.',
  );
}

/** Explains a refusal that no session of ours can be the reason for. */
export function streamRefused(cause: BroadcastError): BroadcastError {
  if (cause.code === 'address-expired') return cause;
  return new BroadcastError(
    'stream-not-found',
    'The server refuses the stream: it was stopped or deleted, its address has expired, or this broadcast is not allowed any more. Start the stream again and go live with its new URL.',
    { cause },
  );
}
