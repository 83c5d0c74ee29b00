/**
 * Whether two values mean the same: numbers, texts, and lists and objects of them, whose members
 * are compared by name, in any order; other objects, such as a track, are only the same as
 * themselves. Errors count as the same if their own fields are. Throws where
 * reading a value does, and for values that hold themselves.
 */
export function isSame(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) return true;
  if (!isComposite(left) || !isComposite(right)) return false;
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => Object.hasOwn(right, name) && isSame(left[name], right[name]))
  );
}

/** A track, a stream and the like are only ever the same as themselves: they show no fields. */
function isComposite(value: unknown): value is Readonly<Record<string, unknown>> {
  return /^\[object (Object|Array|Error)\]$/.test(Object.prototype.toString.call(value));
}
