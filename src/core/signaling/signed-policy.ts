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
