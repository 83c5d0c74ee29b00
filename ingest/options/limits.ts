/**
 * How much of anything the ingest takes from one sender. Browsers stay far below each; beyond it
 * the sender is refused in words, its socket ends, and so it stands in the events of the stream.
 */
export const LIMITS = {
  /** Bytes of one signalling frame. */
  frameBytes: 131_072,
  /** Characters of one session description. */
  descriptionLength: 65_536,
  /** Candidates in one description, and in all commands of one socket together. */
  candidates: 64,
  /** Commands of one socket that wait for those before them; one more ends the socket. */
  waitingCommands: 64,
  /** Bytes of a request's body. */
  bodyBytes: 65_536,
  /** Milliseconds for a whole request to arrive. */
  requestMs: 30_000,
} as const;
