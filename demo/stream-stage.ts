import type { Delivery } from '../src/core/index.js';

/** The life of a stream, in order. */
export const STREAM_STAGES = ['created', 'waiting', 'live', 'idle', 'stopped'] as const;

/** The part that this page plays for a stream. */
export interface OwnBroadcast {
  /** The playback for its viewers. */
  readonly status: Delivery['status'];
  /** Whether it is this page that the server means when it says `live`. */
  readonly isOurs: boolean;
}

/**
 * Where a stream stands: what its server last said, and sooner than that where this page knows what
 * the server has yet to hear. `own` is `null` for a stream that this page does not publish to.
 */
export function streamStage(
  word: string | null,
  own: OwnBroadcast | null,
): (typeof STREAM_STAGES)[number] | null {
  if (word === 'stopped' || word === 'deleted') return 'stopped';
  if (own?.status === 'reaching') return 'live';
  const isLost = own?.status === 'interrupted' || (own?.status === 'off' && own.isOurs);
  if (word === 'live' && isLost) return 'idle';
  return STREAM_STAGES.find((stage) => stage === word) ?? null;
}
