/**
 * The text as one part of a URL. Half of a surrogate pair, which no UTF-8 can hold, becomes U+FFFD
 * instead of the platform's `URIError`.
 */
export function percentEncoded(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\uFFFD'));
}
