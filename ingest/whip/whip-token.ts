import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** Whether a request carries the token that is asked for (RFC 6750 section 2.1), if one is. */
export function isAuthorized(
  { authorization = '' }: IncomingHttpHeaders,
  token: string | undefined,
): boolean {
  if (token === undefined) return true;
  const [, given = ''] = /^bearer +(\S+)$/i.exec(authorization) ?? [];
  return timingSafeEqual(digest(given), digest(token));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
