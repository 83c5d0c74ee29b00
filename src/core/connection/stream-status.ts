import { BroadcastError } from '../errors.js';
import type { Connection } from './connection.js';
import type { PreviousSession } from './previous-session.js';
import type { IngestTarget } from './target.js';

/** The stream's status by its own server, as far as the app passes that on. */
export interface StreamStatus {
  /** The Live API's word, in lower case, such as `waiting` or `idle`; `null` while nobody says. */
  readonly word: string | null;
  /** Whether it is this broadcast that the word `live` is about. */
  readonly isOurs: boolean;
  /** How far the server's clock is ahead of this page's, in milliseconds; 0 if unknown. */
  readonly clockOffsetMs: number;
}

/** Before the app said anything. */
export const INITIAL_STREAM: StreamStatus = { word: null, isOurs: false, clockOffsetMs: 0 };

/** How a stream stands whose server says `word`; `unknown` for words that say nothing of it. */
export function standingOf(word: string | null): 'running' | 'over' | 'unknown' {
  if (word === 'waiting' || word === 'live' || word === 'idle') return 'running';
  return word === 'stopped' || word === 'deleted' ? 'over' : 'unknown';
}

/**
 * `stream` with its owner while the connection is `now`. It is ours from the moment when the ingest
 * may have media of ours, until the server says that nobody is live any more or the address
 * `isAnother` stream's.
 */
export function withOwner(stream: StreamStatus, now: Connection, isAnother: boolean): StreamStatus {
  const isOn =
    now.status === 'live' ||
    now.status === 'reconnecting' ||
    // The server hears of a first picture before the browser hears that it arrived.
    (now.status === 'connecting' && now.step.phase === 'first-media');
  const isOurs = isOn || (stream.isOurs && !isAnother && mayBeOurs(stream.word));
  return isOurs === stream.isOurs ? stream : { ...stream, isOurs };
}

/** Whether `word` may be about what we sent: a server that still waits has yet to hear of it. */
function mayBeOurs(word: string | null): boolean {
  return word === null || word === 'live' || word === 'waiting';
}

/** Whether another source is live on the stream, so that going live would have to take it over. */
export function isTaken(
  { word, isOurs }: StreamStatus,
  target: IngestTarget,
  previousSession: PreviousSession | null,
): boolean {
  if (word !== 'live' || isOurs || target.status !== 'set') return false;
  // The server may not have heard yet of the end of what a page before this one sent.
  return !(previousSession?.stream === target.stream && previousSession.wasCutOff);
}

/** Why nothing is published while another source is live. */
export function streamTaken(cause?: BroadcastError): BroadcastError {
  return new BroadcastError(
    'stream-busy',
    'Another source is live on this stream, and going live would throw it off. End it there first, or start with takeOver.',
    cause && { cause },
  );
}
