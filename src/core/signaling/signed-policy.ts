import { BroadcastError } from '../errors.js';

/** The policy in a signed address, as OvenMediaEngine names it (SignedPolicy). */
const PARAMETER = 'policy';

/**
 * When the signed address `url` expires, in epoch milliseconds on the server's clock; `null` where it
 * does not say. Only this is read of the policy, which is a credential.
 */
export function expiryOf(url: URL): number | null {
  const policy = readPolicy(url.searchParams.get(PARAMETER));
  const instants = [policy['url_expire'], policy['stream_expire']].filter(isInstant);
  return instants.length === 0 ? null : Math.min(...instants);
}

/**
 * Why the signed address `url` is refused, where it has expired by `serverTime` (epoch milliseconds);
 * else `null`.
 */
export function addressExpired(url: URL, serverTime: number): BroadcastError | null {
  const expiry = expiryOf(url);
  if (expiry === null || expiry > serverTime) return null;
  return new BroadcastError(
    'address-expired',
    'The server refused the stream, and its address has expired. Get a new address for it, and go live with that.',
  );
}

/** A text that is no policy has no fields. */
function readPolicy(encoded: string | null): Record<string, unknown> {
  try {
    const base64 = (encoded ?? '').replaceAll('-', '+').replaceAll('_', '/').replaceAll(' ', '+');
    const policy: unknown = JSON.parse(atob(base64));
    return typeof policy === 'object' && policy !== null ? { ...policy } : {};
  } catch {
    return {};
  }
}

function isInstant(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}
