import { now } from './time.js';

const PURPOSE = 'webrtc-broadcaster session 2';
const MAX_LENGTH = 1024;

/** The content of a session's id. */
export interface SessionClaims {
  readonly streamId: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  /** From when on the id is no longer known, in epoch milliseconds. */
  readonly endsAt: number;
  /** Whether the app had named the stream for this caller, rather than have one created. */
  readonly isAssigned: boolean;
}

/**
 * Session ids that the server need not remember: `<claims>.<HMAC-SHA-256>`, both base64url, where
 * the code covers the claims and the caller. They hold no secret, and are of no use to anybody else.
 */
export interface SessionTokens {
  issue(claims: SessionClaims, caller: string): Promise<string>;
  /**
   * The claims of the id that this caller was given; `null` for forged, foreign, broken and ended
   * ids.
   */
  verify(token: string, caller: string): Promise<SessionClaims | null>;
}

/** Session ids signed with what `signingKey` derives for this purpose, asked for at first use. */
export function createSessionTokens(
  signingKey: (purpose: string) => Promise<CryptoKey>,
): SessionTokens {
  let derived: Promise<CryptoKey> | null = null;
  const key = () => {
    // Request again a key that failed.
    derived ??= signingKey(PURPOSE).catch((thrown: unknown) => {
      derived = null;
      throw thrown;
    });
    return derived;
  };
  return {
    async issue({ streamId, startedAt, endsAt, isAssigned }, caller) {
      const claims = JSON.stringify([streamId, startedAt, endsAt, isAssigned]);
      const payload = toBase64Url(new TextEncoder().encode(claims));
      const code = await crypto.subtle.sign('HMAC', await key(), signedBytes(payload, caller));
      return `${payload}.${toBase64Url(new Uint8Array(code))}`;
    },
    async verify(token, caller) {
      if (token.length > MAX_LENGTH) return null;
      const [payload = '', code = '', ...rest] = token.split('.');
      const given = fromBase64Url(code);
      if (given === null || rest.length > 0) return null;
      const bytes = signedBytes(payload, caller);
      const genuine = await crypto.subtle.verify('HMAC', await key(), given, bytes);
      const claims = genuine ? readClaims(payload) : null;
      return claims !== null && now() < claims.endsAt ? claims : null;
    },
  };
}

function signedBytes(payload: string, caller: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify([payload, caller]));
}

function readClaims(payload: string): SessionClaims | null {
  const bytes = fromBase64Url(payload);
  if (bytes === null) return null;
  const claims: readonly unknown[] = JSON.parse(new TextDecoder().decode(bytes));
  const [streamId, startedAt, endsAt, isAssigned] = claims;
  if (typeof streamId !== 'string' || typeof startedAt !== 'number') return null;
  if (typeof endsAt !== 'number' || typeof isAssigned !== 'boolean') return null;
  return { streamId, startedAt, endsAt, isAssigned };
}

function toBase64Url(bytes: Uint8Array): string {
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[\w-]+$/.test(text)) return null;
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
  } catch {
    return null;
  }
}
