/**
 * The most that a server may send, each many times what OvenMediaEngine does. Beyond it a browser
 * is busy for seconds: 2,000 candidates take Chromium 6 s, and a frame of 60 MB one.
 */
export const LIMITS = {
  /** Messages of one socket in one second; a browser is busy with each, however short. */
  messagesPerSecond: 100,
  /** Characters of one message. */
  frameChars: 262_144,
  /** Characters of one description. */
  sdpChars: 131_072,
  /** Sections of one description (RFC 8866 section 5.14). */
  sections: 16,
  /** Candidates of one offer, those in its description included. */
  candidates: 64,
  /** Characters of one candidate. */
  candidateChars: 1_024,
  /** ICE servers of one list. */
  iceServers: 16,
  /** Addresses of one ICE server. */
  iceUrls: 8,
  /** Characters of an address, a name or a credential of an ICE server. */
  iceChars: 4_096,
} as const;
