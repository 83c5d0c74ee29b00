/** The one application that encoders publish to. */
const APP = 'qlive';
/** Some encoders name the instance of an application, which is always the default one. */
const DEFAULT_INSTANCE = '_definst_';

/** Which stream an encoder wants to publish to. */
export type EncoderTarget =
  | {
      /** The words that may be a stream key, the likeliest first. */
      readonly keys: readonly string[];
      readonly refusal?: undefined;
    }
  | { readonly keys?: undefined; readonly refusal: TargetRefusal };

/** Why an address makes no sense here. */
export interface TargetRefusal {
  readonly why: 'not-found' | 'wrong-mode' | 'wrong-type';
  /** In plain words, without anything of the address that may be a key. */
  readonly reason: string;
}

/**
 * Reads what an RTMP encoder says in `connect` and in `publish`. Encoders divide the address
 * between the two as they like, put slashes and queries anywhere, and leave parts out.
 */
export function readRtmpTarget(said: {
  readonly app: string;
  readonly name: string;
  readonly tcUrl: string;
}): EncoderTarget {
  const app = elementsOf(said.app);
  const given = [...(app.length > 0 ? app : elementsOf(said.tcUrl)), ...elementsOf(said.name)];
  const elements = given.every((element) => element === APP) ? elementsOf(said.tcUrl) : given;
  const key = elements.findLast((element) => element !== APP);
  if (key === undefined) {
    return refuse('not-found', 'The encoder named no stream key: put it behind the address.');
  }
  if (elements.some((element) => element !== APP && element !== key)) {
    return refuse('not-found', `The address has another application than "${APP}".`);
  }
  return { keys: [key] };
}

/**
 * Reads an SRT stream id: the key alone, with an application or `publish:` before it, as an address,
 * or in the syntax of libsrt (docs/features/access-control.md), with fields that nobody knows.
 */
export function readSrtTarget(streamId: string): EncoderTarget {
  const text = decoded(streamId.trim());
  if (text.startsWith('#!:')) return readAccessControl(text.slice(3));
  const [, mode = 'publish', rest = text] =
    /^(publish|push|input|read|play|request|output)[:/](.*)$/is.exec(text) ?? [];
  if (!/^(publish|push|input)$/i.test(mode)) return NO_READERS;
  const asked = new URLSearchParams(/\?(.*)$/s.exec(rest)?.[1] ?? '').get('streamid');
  if (asked !== null && asked !== text) return readSrtTarget(asked);
  // Some servers want a name and a password behind the key.
  const [bare = ''] = rest.replace(/^[a-z]+:\/\/[^/?]*/i, '').split(':');
  return keysOf([...elementsOf(rest), ...elementsOf(bare)].toReversed());
}

const NO_READERS = refuse(
  'wrong-mode',
  'This port takes publishers alone: say m=publish, and watch by WebRTC or HLS.',
);

function readAccessControl(syntax: string): EncoderTarget {
  const fields = new Map<string, string>();
  const nested = syntax.startsWith('{');
  const text = nested ? syntax.slice(1).replace(/\}\s*$/, '') : syntax.replace(/^:/, '');
  for (const pair of splitOutsideBraces(text)) {
    const [, name = '', value = ''] = /^\s*([^=]*?)\s*=(.*)$/s.exec(pair) ?? [];
    const known = name.toLowerCase();
    if (known !== '' && !fields.has(known)) fields.set(known, decoded(value.trim()));
  }
  const mode = fields.get('m')?.toLowerCase() ?? 'publish';
  const type = fields.get('t')?.toLowerCase() ?? 'stream';
  if (mode === 'request') return NO_READERS;
  if (mode !== 'publish' && mode !== 'bidirectional') {
    return refuse('wrong-mode', 'The mode of the stream id is not known: say m=publish.');
  }
  if (type !== 'stream') {
    return refuse('wrong-type', 'This port takes live streams alone: say t=stream.');
  }
  const value = (name: string) => fields.get(name) ?? '';
  // Whoever leaves the resource out has put the key where another server looks for it.
  return keysOf([
    ...elementsOf(value('r')).toReversed(),
    ...elementsOf(value('h')).slice(1).toReversed(),
    value('s'),
    value('u'),
  ]);
}

/** Commas divide fields, but not those in the braces of a nested value. */
function splitOutsideBraces(text: string): readonly string[] {
  const parts = [''];
  let depth = 0;
  for (const letter of text) {
    if (letter === '{') depth += 1;
    if (letter === '}') depth -= 1;
    if (letter === ',' && depth <= 0) parts.push('');
    else parts.push(parts.pop() + letter);
  }
  return parts;
}

function keysOf(candidates: readonly string[]): EncoderTarget {
  const keys = [...new Set(candidates)].filter((key) => key !== '' && key !== APP);
  return keys.length > 0
    ? { keys }
    : refuse('not-found', 'The stream id names no stream key: say r=<stream key>, or the key.');
}

/** The elements of a path, without scheme, host, query and empty ones. */
function elementsOf(text: string): readonly string[] {
  const [path = ''] = decoded(text.trim())
    .replace(/^[a-z]+:\/\/[^/?]*/i, '')
    .split(/[?#&]/);
  return path
    .split('/')
    .map((element) => element.trim())
    .filter((element) => element !== '' && element !== DEFAULT_INSTANCE);
}

/** Some encoders encode what was encoded already. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(decodeURIComponent(text));
  } catch {
    return text;
  }
}

function refuse(why: TargetRefusal['why'], reason: string): EncoderTarget {
  return { refusal: { why, reason } };
}
