import process from 'node:process';
import { NoNetworkNamespace, openNetworkNamespace } from './network-namespace.js';

const HOST = 'FIREFOX_INGEST_HOST';
const REASON = 'FIREFOX_NO_INGEST_HOST';

/**
 * Makes the address of the ingests that Firefox publishes to, once for all workers; returns how to
 * take it away. An interface that comes or goes while Firefox connects can cost it the connection,
 * so Playwright runs this before the first test, and what it returns after the last.
 */
// biome-ignore lint/style/noDefaultExport: Playwright looks for a default export.
export default function openFirefoxHost(): () => void {
  try {
    const network = openNetworkNamespace();
    process.env[HOST] = network.host;
    return network.close;
  } catch (thrown) {
    if (!(thrown instanceof NoNetworkNamespace)) throw thrown;
    // The tests in Chromium do without.
    process.env[REASON] = thrown.message;
    return () => {};
  }
}

/** The address that was made, in any worker. Throws `NoNetworkNamespace` where there is none. */
export function firefoxHost(): string {
  const host = process.env[HOST];
  if (host === undefined) throw new NoNetworkNamespace(process.env[REASON] ?? 'nobody made one');
  return host;
}
