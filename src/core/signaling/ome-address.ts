/** Adds what OvenMediaEngine reads from an address: that we send, and over which transport. */
export function completeOmeAddress(url: URL, transport: 'auto' | 'udp' | 'tcp'): void {
  addParameter(url, 'direction', 'send');
  if (transport !== 'auto') addParameter(url, 'transport', transport);
}

/** Appends to the text of the query: `searchParams` would write the other parameters anew. */
function addParameter(url: URL, name: string, value: string): void {
  if (url.searchParams.has(name)) return;
  const query = url.search.replace(/^\?/, '');
  url.search = query === '' ? `${name}=${value}` : `${query}&${name}=${value}`;
}
