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

/** What an error is about, and so who can do something about it. */
export type ErrorFamily =
  /** The person, the system or a page around this one keeps a device back. */
  | 'permission'
  /** There is no device, or no longer. */
  | 'no-device'
  /** There is one, and it cannot be used now, or not as it was asked. */
  | 'unusable-device'
  /** The browser, or the page itself, cannot do what it takes. */
  | 'page'
  | 'options'
  /** The server answers that it does not take the stream. */
  | 'refusal'
  /** The server does not answer, or not as it should. */
  | 'signaling'
  | 'media'
  /** The stream has ended. */
  | 'window'
  /** Another tab has the stream. */
  | 'tab'
  | 'unexpected';

/** What is known of an error by its code alone. */
export interface ErrorTraits {
  readonly family: ErrorFamily;
  /**
   * What a failed attempt to publish is worth trying again.
   * `never`: a second try meets the same answer. `briefly`: worth a few tries on the very first
   * connect (the encoder may still boot), and the whole resume window once the broadcast was live.
   */
  readonly retry: 'never' | 'briefly';
}

/** The traits of every code: the one table that decisions on errors go by. */
export const ERRORS: Readonly<Record<BroadcastErrorCode, ErrorTraits>> = {
  'permission-denied': { family: 'permission', retry: 'never' },
  'permission-dismissed': { family: 'permission', retry: 'never' },
  'permission-denied-by-system': { family: 'permission', retry: 'never' },
  'permission-denied-by-policy': { family: 'permission', retry: 'never' },
  'device-not-found': { family: 'no-device', retry: 'never' },
  'device-in-use': { family: 'unusable-device', retry: 'never' },
  'device-lost': { family: 'no-device', retry: 'never' },
  'constraints-not-met': { family: 'unusable-device', retry: 'never' },
  'insecure-context': { family: 'page', retry: 'never' },
  unsupported: { family: 'page', retry: 'never' },
  'blocked-by-content-policy': { family: 'page', retry: 'never' },
  'invalid-options': { family: 'options', retry: 'never' },
  unauthorized: { family: 'refusal', retry: 'never' },
  // By this page's clock, which may be wrong: the server has the last word.
  'address-expired': { family: 'refusal', retry: 'briefly' },
  'stream-not-found': { family: 'refusal', retry: 'briefly' },
  'stream-busy': { family: 'refusal', retry: 'briefly' },
  unreachable: { family: 'signaling', retry: 'briefly' },
  'handshake-refused': { family: 'signaling', retry: 'briefly' },
  timeout: { family: 'signaling', retry: 'briefly' },
  'protocol-violation': { family: 'signaling', retry: 'briefly' },
  'negotiation-failed': { family: 'media', retry: 'briefly' },
  'no-common-codec': { family: 'media', retry: 'never' },
  'media-lost': { family: 'media', retry: 'briefly' },
  'ingest-timeout': { family: 'window', retry: 'never' },
  'resume-expired': { family: 'window', retry: 'never' },
  'renewal-failed': { family: 'window', retry: 'never' },
  'already-live-here': { family: 'tab', retry: 'never' },
  unexpected: { family: 'unexpected', retry: 'briefly' },
};

/** What `error` is about. */
export function familyOf({ code }: Pick<BroadcastError, 'code'>): ErrorFamily {
  // An app may hand over an error of a newer core than this one.
  return (ERRORS[code] ?? ERRORS.unexpected).family;
}

/** Whether a second try would meet the same answer. */
export function isFinal({ code }: Pick<BroadcastError, 'code'>): boolean {
  return ERRORS[code].retry === 'never';
}

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
