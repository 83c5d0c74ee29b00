/** The body of a PATCH (RFC 8840 section 9), as far as it matters here. */
export interface Fragment {
  readonly usernameFragment: string | undefined;
  readonly password: string | undefined;
  /** The first m-line, as it stands there. */
  readonly mLine: string | undefined;
  readonly mid: string | undefined;
}

/** A fragment to send. */
export interface FragmentParts {
  readonly usernameFragment: string;
  readonly password: string;
  readonly mLine: string | undefined;
  readonly mid: string | undefined;
  /** `candidate:…` */
  readonly candidates: readonly string[];
}

/** Reads a fragment; undefined for what is none: it has attributes and m-lines alone, and some. */
export function readFragment(text: string): Fragment | undefined {
  const lines = text.split(/\r?\n/).filter((line) => line !== '');
  // A value that an answer repeats must not begin a line of its own there.
  const isFragment = lines.length > 0 && lines.every((line) => /^[am]=[^\p{Cc}]+$/u.test(line));
  if (!isFragment) return undefined;
  const value = (name: string) =>
    lines.find((line) => line.startsWith(`a=${name}:`))?.slice(name.length + 3);
  return {
    usernameFragment: value('ice-ufrag'),
    password: value('ice-pwd'),
    mLine: lines.find((line) => line.startsWith('m=')),
    mid: value('mid'),
  };
}

/** The server's half of an ICE restart (RFC 9725 section 4.3.3). */
export function formatFragment(parts: FragmentParts): string {
  const { usernameFragment, password, mLine, mid, candidates } = parts;
  const lines = [
    'a=ice-lite',
    `a=ice-ufrag:${usernameFragment}`,
    `a=ice-pwd:${password}`,
    ...(mLine === undefined ? [] : [mLine]),
    ...(mid === undefined ? [] : [`a=mid:${mid}`]),
    ...candidates.map((candidate) => `a=${candidate}`),
    'a=end-of-candidates',
  ];
  return `${lines.join('\r\n')}\r\n`;
}
