import { shareCall } from './abort.js';
import { now } from './time.js';

const DAY_MS = 24 * 3600 * 1000;
const MAX_MARGIN_MS = 5 * 60 * 1000;
const MIN_LIFE_MS = 60 * 1000;

/** The access token of a client, asked for when it is needed and kept while it is good. */
export interface AccessToken {
  /** The current token, or a new one that all who ask at this time share. */
  get(signal?: AbortSignal): Promise<string>;
  /** Forgets this token, because it was refused; a newer one stays. */
  drop(token: string): void;
}

/** Keeps the token that `request` gets until shortly before its end. */
export function createAccessToken(request: (signal: AbortSignal) => Promise<string>): AccessToken {
  let kept: { readonly token: string; readonly endsAt: number } | null = null;
  const renew = shareCall(async (signal) => {
    const token = await request(signal);
    kept = { token, endsAt: tokenEnd(token, now()) };
    return token;
  });
  return {
    async get(signal) {
      signal?.throwIfAborted();
      if (kept !== null && now() < kept.endsAt) return kept.token;
      return renew(signal);
    },
    drop(token) {
      if (kept?.token === token) kept = null;
    },
  };
}

/**
 * Until when a token received at `receivedAt` is used, in epoch milliseconds: the life that a JWT
 * names (RFC 7519, section 4.1), else 24 hours, less a margin. The life is counted from receipt
 * where `iat` allows it, so that the two clocks need not agree.
 */
export function tokenEnd(token: string, receivedAt: number): number {
  const { exp, iat } = claimsOf(token);
  let lifeMs = DAY_MS;
  if (typeof exp === 'number') {
    lifeMs = typeof iat === 'number' ? (exp - iat) * 1000 : exp * 1000 - receivedAt;
  }
  const safeMs = lifeMs - Math.min(MAX_MARGIN_MS, lifeMs / 10);
  // A clock far off must not make every call fetch a token: one that is over is refused and renewed.
  return receivedAt + Math.max(safeMs, MIN_LIFE_MS);
}

function claimsOf(token: string): { readonly exp?: unknown; readonly iat?: unknown } {
  try {
    const payload = token.split('.')[1] ?? '';
    const claims: unknown = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')));
    return typeof claims === 'object' && claims !== null ? claims : {};
  } catch {
    return {};
  }
}
