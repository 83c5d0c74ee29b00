/**
 * A name for a stream that tells nothing of its address, for what other tabs and later pages of the
 * same app may see. The same address always has the same name.
 */
export function streamMark(url: URL): string {
  // Two rounds of FNV-1a; it has to tell a handful of streams apart, and to be there at once.
  const hash = (seed: number) => {
    let value = seed;
    for (const character of url.href) {
      value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
    }
    return value.toString(16).padStart(8, '0');
  };
  return `webrtc-broadcaster:${hash(0x811c9dc5)}${hash(0x9e3779b9)}`;
}
