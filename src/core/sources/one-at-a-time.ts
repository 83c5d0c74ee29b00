import type { SourceKind } from './source.js';

/**
 * Whether the browser is known to end, or to silence, one device of this kind when another is opened
 * beside it: every browser on iOS, and Safari's microphones. It doesn't refuse the other one, as
 * those do that are found out by trying.
 */
export function opensOneAtATime(kind: SourceKind): boolean {
  const { userAgent = '', maxTouchPoints = 0 } = globalThis.navigator ?? {};
  if (!/AppleWebKit\//.test(userAgent) || /Chrom(e|ium)\//.test(userAgent)) return false;
  // An iPad calls itself a Mac.
  const isPhone = /iPhone|iPad|iPod/.test(userAgent) || maxTouchPoints > 1;
  return isPhone || (kind === 'microphone' && /Version\//.test(userAgent));
}
