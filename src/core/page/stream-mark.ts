/**
 * A name for a stream that tells nothing of its address, for what other tabs and later pages of the
 * same app may see. The same address always has the same name.
 */
export function streamMark(url: URL): string {
  // Two rounds of FNV-1a; it has to tell a handful of streams apart, and to be there at once.
  const mixed = (value: number, character: string) =>
    Math.imul(value ^ character.charCodeAt(0), 0x01000193) >>> 0;
  const hash = (seed: number) => [...url.href].reduce(mixed, seed).toString(16).padStart(8, '0');
  return `webrtc-broadcaster:${hash(0x811c9dc5)}${hash(0x9e3779b9)}`;
}
