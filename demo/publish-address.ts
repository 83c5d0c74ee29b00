/** Where to publish to, with the credential apart from what may be shown. */
export interface PublishAddress {
  readonly serverUrl: string;
  readonly streamKey: string;
}

/** A signed address is one credential from end to end and is never taken apart. */
export function isSigned(serverUrl: string): boolean {
  return /[?&](policy|signature)=/.test(serverUrl);
}

/**
 * Moves the key out of a whole publishing address, so that the rest may be shown. The local ingest
 * puts the encoder's name, `live-…`, before the path.
 */
export function splitAddress(text: string): PublishAddress {
  const serverUrl = text.trim();
  const parts = /^(wss?:\/\/[^/?#]+(?:\/live-[^/?#]+)?\/[^/?#]+)\/([^/?#]+)\/?([?#].*)?$/.exec(
    serverUrl,
  );
  if (parts === null || isSigned(serverUrl)) return { serverUrl, streamKey: '' };
  const [, before = '', streamKey = '', query = ''] = parts;
  return { serverUrl: before + query, streamKey: decodeURIComponentSafely(streamKey) };
}

/**
 * The address in the page's own query string, `?u=…`, if there is one. It is a credential, so it is
 * taken out of the address bar, and of the history, at once.
 */
export function takeAskedForAddress(): PublishAddress | null {
  const url = new URL(location.href);
  const text = url.searchParams.get('u');
  if (text === null) return null;
  url.searchParams.delete('u');
  history.replaceState(history.state, '', url);
  return splitAddress(text);
}

/** The whole address, to be copied. */
export function joinAddress({ serverUrl, streamKey }: PublishAddress): string {
  if (streamKey === '') return serverUrl;
  const [path = '', query] = serverUrl.split('?');
  const whole = `${path.replace(/\/$/, '')}/${streamKey}`;
  return query === undefined ? whole : `${whole}?${query}`;
}

function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
