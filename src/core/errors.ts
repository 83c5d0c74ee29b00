/** Every way a broadcast can go wrong, in families: device, environment, options, signaling, media, window. */
export type BroadcastErrorCode =
  | 'permission-denied'
  | 'permission-dismissed'
  | 'permission-denied-by-system'
  | 'permission-denied-by-policy'
  | 'device-not-found'
  | 'device-in-use'
  | 'device-lost'
  | 'constraints-not-met'
  | 'insecure-context'
  | 'unsupported'
  | 'blocked-by-content-policy'
  | 'invalid-options'
  | 'unauthorized'
  | 'address-expired'
  | 'stream-not-found'
  | 'stream-busy'
  | 'unreachable'
  | 'handshake-refused'
  | 'timeout'
  | 'protocol-violation'
  | 'negotiation-failed'
  | 'no-common-codec'
  | 'media-lost'
  | 'ingest-timeout'
  | 'resume-expired'
  | 'renewal-failed'
  | 'already-live-here'
  | 'unexpected';

/**
 * The one error type of the kit. `message` says what happened, why, and what to do, and never holds
 * a stream key, token or credential; `cause` is the platform's own error where there is one.
 */
export class BroadcastError extends Error {
  override readonly name = 'BroadcastError';
  readonly code: BroadcastErrorCode;

  constructor(code: BroadcastErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/**
 * What a failed attempt to publish is worth trying again.
 * `never`: a second try meets the same answer. `briefly`: worth a few tries on the very first
 * connect (the encoder may still boot), and the whole resume window once the broadcast was live.
 */
export const RETRYABLE: Record<BroadcastErrorCode, 'never' | 'briefly'> = {
  'permission-denied': 'never',
  'permission-dismissed': 'never',
  'permission-denied-by-system': 'never',
  'permission-denied-by-policy': 'never',
  'device-not-found': 'never',
  'device-in-use': 'never',
  'device-lost': 'never',
  'constraints-not-met': 'never',
  'insecure-context': 'never',
  unsupported: 'never',
  'blocked-by-content-policy': 'never',
  'invalid-options': 'never',
  unauthorized: 'never',
  // By this page's clock, which may be wrong: the server has the last word.
  'address-expired': 'briefly',
  'stream-not-found': 'briefly',
  'stream-busy': 'briefly',
  unreachable: 'briefly',
  'handshake-refused': 'briefly',
  timeout: 'briefly',
  'protocol-violation': 'briefly',
  'negotiation-failed': 'briefly',
  'no-common-codec': 'never',
  'media-lost': 'briefly',
  'ingest-timeout': 'never',
  'resume-expired': 'never',
  'renewal-failed': 'never',
  'already-live-here': 'never',
  unexpected: 'briefly',
};

/** Wraps anything thrown as a `BroadcastError`; one that already is comes back unchanged. */
export function toBroadcastError(thrown: unknown): BroadcastError {
  if (thrown instanceof BroadcastError) return thrown;
  return new BroadcastError(
    'unexpected',
    'Something failed that the broadcaster did not foresee. Try again; if it stays, report it with the cause attached to this error.',
    { cause: thrown },
  );
}

/**
 * The name of a platform's error, as a cause, without its words: browsers repeat there what they
 * were given, which may be a credential, or whatever a server sent.
 */
export function withoutWords(thrown: unknown): DOMException {
  const name = thrown instanceof Error ? thrown.name : '';
  return new DOMException(
    'Its words are left out: they may repeat what a server sent.',
    /^[A-Z][A-Za-z]{1,40}Error$/.test(name) ? name : 'Error',
  );
}
