import { BroadcastError } from '../errors.js';
import type { Rule } from '../foundation/guards.js';
import { isFiniteNumber, isRecord, isString, oneOf } from '../foundation/guards.js';
import type { Scene, Slate } from './scene.js';

const CORNER = oneOf('top-left', 'top-right', 'bottom-left', 'bottom-right');
const LAYOUT = oneOf('camera', 'screen', 'camera-over-screen', 'side-by-side');
const SHAPE = oneOf('rect', 'round');
const COLOR: Rule<string> = [isColor, 'a CSS colour'];
const IMAGE: Rule<string> = [isImage, 'the address of an image'];
const MOST_LETTERS = 200;
const TEXT: Rule<string> = [isText, `a text of at most ${MOST_LETTERS} characters`];

/**
 * Takes a scene from anywhere, such as a file or a server: a copy, checked in full.
 * @throws BroadcastError `invalid-options` that names the first field that cannot be used.
 */
export function parseScene(value: unknown): Scene {
  const read = reader(value, 'scene');
  const size = read.part('size', (part) => ({
    width: part.required('width', within(160, 3840)),
    height: part.required('height', within(90, 2160)),
  }));
  const logo = read.part('logo', (part) => ({
    image: part.required('image', IMAGE),
    corner: part.optional('corner', CORNER),
    size: part.optional('size', within(0.02, 0.5)),
  }));
  const text = read.part('text', (part) => ({
    title: part.required('title', TEXT),
    subtitle: part.optional('subtitle', TEXT),
  }));
  return read.done({
    layout: read.required('layout', LAYOUT),
    size,
    corner: read.optional('corner', CORNER),
    cameraSize: read.optional('cameraSize', within(0.1, 0.5)),
    shape: read.optional('shape', SHAPE),
    background: read.optional('background', COLOR),
    logo,
    text,
  });
}

/**
 * Takes a slate in the same way.
 * @throws BroadcastError `invalid-options`.
 */
export function parseSlate(value: unknown): Slate {
  const read = reader(value, 'slate');
  return read.done({
    color: read.optional('color', COLOR),
    text: read.optional('text', TEXT),
    image: read.optional('image', IMAGE),
  });
}

interface Reader {
  required<Value>(name: string, rule: Rule<Value>): Value;
  optional<Value>(name: string, rule: Rule<Value>): Value | undefined;
  part<Value>(name: string, read: (part: Reader) => Value): Value | undefined;
  /** The value, once it is known that nothing else was given. */
  done<Value>(value: Value): Value;
}

function reader(value: unknown, path: string): Reader {
  let given: Record<string, unknown>;
  try {
    // A getter of a stranger may throw.
    given = isRecord(value) ? { ...value } : unusable(`${path} is not an object`);
  } catch (thrown) {
    if (thrown instanceof BroadcastError) throw thrown;
    unusable(`${path} throws when it is read`);
  }
  const known = new Set<string>();
  const optional = <Value>(name: string, [isValid, wanted]: Rule<Value>): Value | undefined => {
    known.add(name);
    const field = given[name];
    if (field === undefined || field === null) return undefined;
    return isValid(field) ? field : unusable(`${path}.${name} is not ${wanted}`);
  };
  return {
    optional,
    required: (name, rule) =>
      optional(name, rule) ?? unusable(`${path}.${name} is missing: it has to be ${rule[1]}`),
    part(name, read) {
      known.add(name);
      const field = given[name];
      if (field === undefined || field === null) return undefined;
      const part = reader(field, `${path}.${name}`);
      return part.done(read(part));
    },
    done(result) {
      const unknown = Object.keys(given).find((name) => !known.has(name));
      return unknown === undefined
        ? result
        : unusable(`${path}.${shortened(unknown)} is not known; ${[...known].join(', ')} are`);
    },
  };
}

function unusable(why: string): never {
  throw new BroadcastError('invalid-options', `The picture cannot be drawn like this: ${why}.`);
}

function shortened(name: string): string {
  return name.length > 40 ? `${name.slice(0, 40)}…` : name;
}

function within(least: number, most: number): Rule<number> {
  const isWithin = (value: unknown): value is number =>
    isFiniteNumber(value) && value >= least && value <= most;
  return [isWithin, `a number from ${least} to ${most}`];
}

function isText(value: unknown): value is string {
  return isString(value) && value.length <= MOST_LETTERS;
}

function isColor(value: unknown): value is string {
  if (!isString(value) || value === '' || value.length > 100) return false;
  const { CSS } = globalThis;
  return typeof CSS?.supports !== 'function' || CSS.supports('color', value);
}

function isImage(value: unknown): value is string {
  return isString(value) && value !== '';
}
