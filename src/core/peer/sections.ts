/** One medium of a description (RFC 8866 section 5.14). */
export interface Section {
  /** `video`, `audio`, `application` … */
  readonly kind: string;
  /** Its place among the sections, from 0. */
  readonly index: number;
  /** Its name (RFC 9143 section 4); `null` where it has none. */
  readonly mid: string | null;
  /** Whether it was refused, by port 0 (RFC 3264 section 6). */
  readonly isRefused: boolean;
  readonly lines: readonly string[];
}

/** The lines of the session, then those of each medium, whichever way they end; empty ones are left out. */
export function splitSections(sdp: string): readonly (readonly string[])[] {
  const sections: string[][] = [[]];
  for (const line of sdp.split(/[\r\n]+/)) {
    if (line.startsWith('m=')) sections.push([]);
    if (line !== '') sections.at(-1)?.push(line);
  }
  return sections;
}

/** The media of a description, in its order. */
export function sectionsOf(sdp: string): readonly Section[] {
  return splitSections(sdp)
    .slice(1)
    .map((lines, index) => {
      const [media = '', port = ''] = lines[0]?.slice('m='.length).split(' ') ?? [];
      // In an offer port 0 with `bundle-only` refuses nothing (RFC 9143 section 6).
      const isRefused = port === '0' && !lines.includes('a=bundle-only');
      return { kind: media, index, mid: attributeOf(lines, 'mid'), isRefused, lines };
    });
}

/** The candidates that a section lists, as `addIceCandidate()` takes them. */
export function candidatesIn({ lines }: Section): readonly string[] {
  return lines.filter((line) => line.startsWith('a=candidate:')).map((line) => line.slice(2));
}

/**
 * Where candidates can go once `answer` is set: the sections that have a path of their own, which
 * are the first of each bundle and all that are in none (RFC 9143 section 7).
 */
export function transportsOf(answer: string): readonly Section[] {
  const live = sectionsOf(answer).filter(({ isRefused }) => !isRefused);
  const bundles =
    splitSections(answer)[0]?.filter((line) => line.startsWith('a=group:BUNDLE')) ?? [];
  const bundleOf = ({ mid }: Section) =>
    bundles.find((line) => mid !== null && line.split(' ').includes(mid));
  return live.filter((section) => {
    const bundle = bundleOf(section);
    return bundle === undefined || live.find((other) => bundleOf(other) === bundle) === section;
  });
}

/**
 * `offer` with no bundle that holds a section which `refusing`, it or its answer, refuses. Firefox
 * gathers nothing for a bundle whose first section the answer refuses, and takes no offer that
 * refuses it by itself.
 */
export function withoutRefusedInBundles(offer: string, refusing: string): string {
  const refused = sectionsOf(refusing).flatMap(({ mid, isRefused }) => (isRefused ? mid : []));
  return offer.replace(/^a=group:BUNDLE.*$/gm, (line) =>
    line
      .split(' ')
      .filter((mid) => !refused.includes(mid))
      .join(' '),
  );
}

/** The sections of the answer that are active and send, per kind. */
export function sendingSections(answer: string, kind: string): readonly Section[] {
  return sectionsOf(answer).filter(
    (section) =>
      section.kind === kind &&
      !section.isRefused &&
      !section.lines.some((line) => line === 'a=inactive' || line === 'a=recvonly'),
  );
}

/** The codecs that a section of `kind` lists, named as in SDP, in lower case. */
export function codecsIn(sdp: string, kind: string): readonly string[] {
  const named = sectionsOf(sdp)
    .filter((section) => section.kind === kind)
    .flatMap(({ lines }) => lines)
    .flatMap((line) => /^a=rtpmap:\d+ ([^/]+)\//.exec(line)?.[1]?.toLowerCase() ?? []);
  return [...new Set(named)];
}

function attributeOf(lines: readonly string[], name: string): string | null {
  const prefix = `a=${name}:`;
  return (
    lines
      .find((line) => line.startsWith(prefix))
      ?.slice(prefix.length)
      .trim() ?? null
  );
}
