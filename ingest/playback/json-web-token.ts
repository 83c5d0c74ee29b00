import { createHmac, timingSafeEqual } from 'node:crypto';

/** The registered claims of a token (RFC 7519 section 4.1). Instants are seconds since 1970. */
export type Claims = Readonly<Record<string, unknown>>;

/** Signs a token with HMAC-SHA256 (RFC 7515, `HS256`). */
export function signToken(claims: Claims, secret: string): string {
  const content = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${content}.${signature(content, secret)}`;
}

/**
 * The claims of a token that this secret signed and whose `exp`, which it must have, lies ahead of
 * `nowMs`; `undefined` for every other text. Never throws.
 */
export function readToken(
  token: string,
  secret: string,
  nowMs: number = Date.now(),
): Claims | undefined {
  const [header = '', claims = '', given = '', ...rest] = token.split('.');
  if (rest.length > 0 || decode(header)?.['alg'] !== 'HS256') return undefined;
  const expected = Buffer.from(signature(`${header}.${claims}`, secret));
  const received = Buffer.from(given);
  if (received.length !== expected.length || !timingSafeEqual(received, expected)) return undefined;
  const read = decode(claims);
  const { exp, nbf = 0 } = read ?? {};
  if (typeof exp !== 'number' || exp * 1000 <= nowMs) return undefined;
  if (typeof nbf !== 'number' || nbf * 1000 > nowMs) return undefined;
  return read;
}

function signature(content: string, secret: string): string {
  return createHmac('sha256', secret).update(content).digest('base64url');
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decode(part: string): Claims | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? { ...value }
      : undefined;
  } catch {
    return undefined;
  }
}
