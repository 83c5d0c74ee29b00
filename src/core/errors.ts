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
  | 'app-source-failed'
  | 'processor-failed'
  | 'insecure-context'
  | 'unsupported'
  | 'blocked-by-content-policy'
  | 'invalid-options'
  | 'image-not-loaded'
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
  /** How long the server asks to wait before it is tried again, in milliseconds; 0 if it does not. */
  readonly retryAfterMs: number;

  constructor(
    code: BroadcastErrorCode,
    message: string,
    options?: { readonly cause?: unknown; readonly retryAfterMs?: number },
  ) {
    super(message, options);
    this.code = code;
    this.retryAfterMs = options?.retryAfterMs ?? 0;
  }
}

/** The family of an error tells who can do something about it. */
export type ErrorFamily =
  /** The person, the system or a page around this one keeps a device back. */
  | 'permission'
  /** There is no device, or no longer. */
  | 'no-device'
  /** There is one, and it cannot be used now, or not as it was asked. */
  | 'unusable-device'
  /** The browser, or the page itself, lacks what it takes. */
  | 'page'
  | 'options'
  /** The server refuses the address, and will refuse it again. */
  | 'address'
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

/** The family of every code: the one table that decisions on errors go by. */
export const FAMILY_OF: Readonly<Record<BroadcastErrorCode, ErrorFamily>> = {
  'permission-denied': 'permission',
  'permission-dismissed': 'permission',
  'permission-denied-by-system': 'permission',
  'permission-denied-by-policy': 'permission',
  'device-not-found': 'no-device',
  'device-in-use': 'unusable-device',
  'device-lost': 'no-device',
  'constraints-not-met': 'unusable-device',
  'app-source-failed': 'unusable-device',
  'processor-failed': 'unusable-device',
  'insecure-context': 'page',
  unsupported: 'page',
  'blocked-by-content-policy': 'page',
  'invalid-options': 'options',
  'image-not-loaded': 'options',
  unauthorized: 'address',
  // By this page's clock, which may be wrong: the server has the last word.
  'address-expired': 'refusal',
  'stream-not-found': 'refusal',
  'stream-busy': 'refusal',
  unreachable: 'signaling',
  'handshake-refused': 'signaling',
  timeout: 'signaling',
  'protocol-violation': 'signaling',
  'negotiation-failed': 'media',
  'no-common-codec': 'page',
  'media-lost': 'media',
  'ingest-timeout': 'window',
  'resume-expired': 'window',
  'renewal-failed': 'window',
  'already-live-here': 'tab',
  unexpected: 'unexpected',
};

/**
 * Whether a second attempt to publish meets the same answer. The others are worth a few tries on the
 * very first connect (the encoder may still boot), and the whole resume window once the broadcast
 * was live.
 */
const IS_FINAL: Readonly<Record<ErrorFamily, boolean>> = {
  permission: true,
  'no-device': true,
  'unusable-device': true,
  page: true,
  options: true,
  address: true,
  refusal: false,
  signaling: false,
  media: false,
  window: true,
  tab: true,
  unexpected: false,
};

/** The family of `error`. */
export function familyOf({ code }: Pick<BroadcastError, 'code'>): ErrorFamily {
  // An app may hand over an error of a newer core than this one.
  return FAMILY_OF[code] ?? 'unexpected';
}

/** Whether a second try would meet the same answer. */
export function isFinal(error: Pick<BroadcastError, 'code'>): boolean {
  return IS_FINAL[familyOf(error)];
}

/** Wraps anything thrown as a `BroadcastError`; one that already is comes back unchanged. */
export function toBroadcastError(thrown: unknown): BroadcastError {
  if (thrown instanceof BroadcastError) return thrown;
  return new BroadcastError(
    'unexpected',
    'Something unforeseen failed. Try again; if it stays, report it with the cause of this error.',
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
