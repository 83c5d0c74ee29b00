/** How the media may be carried. */
export const TRANSPORTS = ['auto', 'udp', 'tcp', 'relay', 'all'] as const;
/** How the media is to be carried; `auto` leaves it to the server. */
export type Transport = (typeof TRANSPORTS)[number];

/** Adds what OvenMediaEngine reads from an address: that we send, and over which transport. */
export function completeOmeAddress(url: URL, transport: Transport): void {
  addParameter(url, 'direction', 'send');
  if (transport !== 'auto') addParameter(url, 'transport', transport);
}

/** Appends to the text of the query: `searchParams` would write the other parameters anew. */
function addParameter(url: URL, name: string, value: string): void {
  if (url.searchParams.has(name)) return;
  const query = url.search.replace(/^\?/, '');
  url.search = query === '' ? `${name}=${value}` : `${query}&${name}=${value}`;
}
