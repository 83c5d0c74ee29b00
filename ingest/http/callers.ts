import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';

/** The callers that an ingest which listens on `address` accepts. */
export interface CallerRules {
  readonly address: string;
  readonly isSecure: boolean;
  readonly allowedOrigins: readonly string[];
  readonly allowedHosts: readonly string[];
}

/**
 * Whether the name that the ingest is called by is its own: a foreign one that resolves to this
 * machine is somebody's DNS rebinding, whatever is listened on.
 */
export function isCalledRightly({ host }: IncomingHttpHeaders, rules: CallerRules): boolean {
  return host === undefined || isOwn(host, rules);
}

/** The origins whose pages may use the ingest: its own, and those allowed by name. */
export function originsFor(
  { host }: IncomingHttpHeaders,
  { isSecure, allowedOrigins }: CallerRules,
): readonly string[] {
  return [...allowedOrigins, `${isSecure ? 'https' : 'http'}://${host}`];
}

/**
 * Whether a page of another site is behind a request that names no origin, such as that of an image
 * or a link (Fetch Metadata, section 2.1). Clients that are no browser send no such header.
 */
export function isFromElsewhere(headers: IncomingHttpHeaders): boolean {
  return headers.origin === undefined && headers['sec-fetch-site'] === 'cross-site';
}

/** Whether somebody follows a link to a page, which every site may hold. */
export function isVisit(method: string | undefined, headers: IncomingHttpHeaders): boolean {
  const { 'sec-fetch-mode': mode, 'sec-fetch-dest': destination } = headers;
  return method === 'GET' && mode === 'navigate' && destination === 'document';
}

/** Whether only this machine can reach an address. */
export function isLoopback(address: string): boolean {
  return address === '::1' || (isIP(address) === 4 && address.startsWith('127.'));
}

/** The address to name to others where `address` stands for all of this machine's. */
export function reachableAddress(address: string): string {
  if (address !== '0.0.0.0' && address !== '::') return address;
  const outside = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal);
  return outside?.address ?? '127.0.0.1';
}

/** Every name and address that an ingest on `address` is rightly called by, for its certificate. */
export function ownNames({
  address,
  allowedHosts,
}: Pick<CallerRules, 'address' | 'allowedHosts'>): readonly string[] {
  const local = ['localhost', '127.0.0.1', '::1'];
  const outside = isLoopback(address) ? [] : [reachableAddress(address), hostname()];
  return [...new Set([...local, ...outside, ...allowedHosts])];
}

function isOwn(host: string, { address, allowedHosts }: CallerRules): boolean {
  const name = host.toLowerCase().replace(/:\d+$/, '').replace(/\.$/, '');
  const bare = name.replace(/^\[(.*)\]$/, '$1');
  if (name === 'localhost' || isLoopback(bare)) return true;
  if (allowedHosts.some((allowed) => allowed.toLowerCase() === bare)) return true;
  if (isLoopback(address)) return false;
  // An address is nobody's to point elsewhere, unlike a name.
  return isIP(bare) !== 0 || [hostname(), `${hostname()}.local`].includes(bare);
}
