import { LIMITS } from './limits.js';

/** One link of a `Link` header (RFC 8288 section 3). */
interface Link {
  readonly target: string;
  /** The first of each parameter, by its name in small letters. */
  readonly parameters: ReadonlyMap<string, string>;
}

/**
 * The ICE servers that a `Link` header names (RFC 9725 section 4.6), of which a browser joins several
 * into one; `null` is none. Links with other relations are passed over, and so are servers that
 * cannot be used: of another scheme, without the credential that a relay needs, or beyond `LIMITS`.
 */
export function iceServersIn(header: string | null): RTCIceServer[] {
  return linksIn(header ?? '')
    .filter(({ parameters }) => hasRelation(parameters.get('rel')))
    .flatMap(toIceServer)
    .slice(0, LIMITS.iceServers);
}

function hasRelation(relations = ''): boolean {
  return relations.toLowerCase().split(/\s+/).includes('ice-server');
}

function toIceServer({ target, parameters }: Link): RTCIceServer[] {
  // OvenMediaEngine puts a scheme before external servers that have one.
  const urls = target.trim().replace(/^turn:(?=(stun|turn)s?:)/i, '');
  const [, scheme = ''] = /^(stun|turn)s?:[^\s:/?#]/i.exec(urls) ?? [];
  const username = parameters.get('username');
  const credential = parameters.get('credential');
  const type = parameters.get('credential-type') ?? 'password';
  const isTooLong = [urls, username, credential].some(
    (text) => text !== undefined && text.length > LIMITS.iceChars,
  );
  if (scheme === '' || isTooLong) return [];
  if (scheme.toLowerCase() === 'stun') return [{ urls }];
  if (username === undefined || credential === undefined || type.toLowerCase() !== 'password') {
    return [];
  }
  return [{ urls, username, credential }];
}

/** Reads as far as it is well formed, and goes on behind the next comma where it is not. */
function linksIn(header: string): Link[] {
  const links: Link[] = [];
  if (header.length > LIMITS.frameChars) return links;
  const next = reader(header);
  while (!next.isDone()) {
    next.take(/[\s,]*/y);
    const target = next.take(/<([^<>]*)>/y)?.[1];
    const parameters = new Map<string, string>();
    while (target !== undefined && next.take(/\s*;\s*/y) !== null) {
      const name = next.take(/[^\s=;,"<>]+/y)?.[0];
      if (name === undefined) continue;
      const value = next.take(/\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*))/y);
      const text = value?.[1]?.replace(/\\(.)/g, '$1') ?? value?.[2] ?? '';
      if (!parameters.has(name.toLowerCase())) parameters.set(name.toLowerCase(), text);
    }
    if (target !== undefined) links.push({ target, parameters });
    // A quote that is never closed takes the rest with it.
    next.take(/(?:"(?:[^"\\]|\\[\s\S]?)*(?:"|$)|[^,"])*/y);
  }
  return links;
}

function reader(text: string) {
  let at = 0;
  return {
    isDone: () => at >= text.length,
    /** The match of a sticky pattern here, which is then behind us. */
    take(pattern: RegExp): RegExpExecArray | null {
      pattern.lastIndex = at;
      const match = pattern.exec(text);
      if (match !== null) at += match[0].length;
      return match;
    },
  };
}
