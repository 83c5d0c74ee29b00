import { candidatesIn, sectionsOf, splitSections } from '../peer/sections.js';
import { LIMITS } from './limits.js';

/** The media type of a fragment (RFC 8840 section 9). */
export const FRAGMENT_TYPE = 'application/trickle-ice-sdpfrag';

/** ICE credentials of one side, and its candidates, `candidate:` and what follows each. */
export interface IceFragment {
  readonly ufrag: string;
  readonly pwd: string;
  readonly candidates: readonly string[];
}

/** Attributes that both sides repeat as they were first said (RFC 9725 section 4.3.3). */
const REPEATED = ['ice-lite', 'ice-options', 'ice-pacing'];

/**
 * The fragment that tells a server of `candidates` of the local `description` (RFC 8840 section 9, RFC
 * 9725 section 4.3.1). The credentials stand at both places that they may stand at: some servers look
 * for them at the one, some at the other.
 */
export function writeFragment(
  description: string,
  candidates: readonly string[],
  end: 'more-may-come' | 'complete',
): string {
  const [session = []] = splitSections(description);
  const [first] = sectionsOf(description);
  const lines = first?.lines ?? [];
  const named = (name: string) =>
    [...lines, ...session].filter((line) => attributeOf(line) === name).slice(0, 1);
  const credentials = [...named('ice-ufrag'), ...named('ice-pwd')];
  // The formats say nothing here, and one has to be there.
  const media = lines[0]?.split(' ').slice(0, 4).join(' ') ?? '';
  return [
    ...REPEATED.flatMap(named),
    ...credentials,
    ...session.filter((line) => line.startsWith('a=group:BUNDLE')),
    media,
    ...named('mid'),
    ...credentials,
    ...candidates.map((candidate) => `a=${candidate}`),
    ...(end === 'complete' ? ['a=end-of-candidates'] : []),
  ]
    .map((line) => `${line}\r\n`)
    .join('');
}

/** The server's side of an ICE restart; `null` for what does not name it, and beyond `LIMITS`. */
export function parseFragment(text: string): IceFragment | null {
  if (text.length > LIMITS.sdpChars) return null;
  const lines = splitSections(text).flat();
  const ufrag = attributeIn(lines, 'ice-ufrag');
  const pwd = attributeIn(lines, 'ice-pwd');
  const candidates = lines
    .filter((line) => attributeOf(line) === 'candidate' && line.length <= LIMITS.candidateChars)
    .map((line) => line.slice(2));
  // RFC 8839 section 5.4.
  const areCredentials = /^[\w+/]{4,256}$/.test(ufrag) && /^[\w+/]{22,256}$/.test(pwd);
  if (!areCredentials || candidates.length > LIMITS.candidates) return null;
  return { ufrag, pwd, candidates };
}

/** The credentials that `description` names for its first section; empty where it names none. */
export function credentialsIn(description: string): Pick<IceFragment, 'ufrag' | 'pwd'> {
  const [session = []] = splitSections(description);
  const lines = [...(sectionsOf(description)[0]?.lines ?? []), ...session];
  return { ufrag: attributeIn(lines, 'ice-ufrag'), pwd: attributeIn(lines, 'ice-pwd') };
}

/**
 * The `answer` with the credentials and candidates of `restarted` in place of its own (RFC 8839 section
 * 4.4.1.1.1). A server that names no candidates keeps those that it has.
 */
export function withFragment(answer: string, { ufrag, pwd, candidates }: IceFragment): string {
  const answered = sectionsOf(answer);
  const known = answered.flatMap(candidatesIn);
  const listed = candidates.length > 0 ? candidates : known;
  // The others of the bundle share its path.
  const first = answered.findIndex(({ isRefused }) => !isRefused);
  const sections = splitSections(answer).map((lines, index) => {
    const kept = lines
      .filter((line) => !['candidate', 'end-of-candidates'].includes(attributeOf(line)))
      .map((line) => {
        if (attributeOf(line) === 'ice-ufrag') return `a=ice-ufrag:${ufrag}`;
        return attributeOf(line) === 'ice-pwd' ? `a=ice-pwd:${pwd}` : line;
      });
    if (index !== first + 1) return kept;
    return [...kept, ...listed.map((candidate) => `a=${candidate}`), 'a=end-of-candidates'];
  });
  return sections
    .flat()
    .map((line) => `${line}\r\n`)
    .join('');
}

function attributeIn(lines: readonly string[], name: string): string {
  const line = lines.find((one) => attributeOf(one) === name);
  return line?.slice(`a=${name}:`.length).trim() ?? '';
}

function attributeOf(line: string): string {
  return /^a=([^:]*)/.exec(line)?.[1] ?? '';
}
