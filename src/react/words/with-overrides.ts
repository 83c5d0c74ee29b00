/**
 * `own` with the words of `given` in their place. A value that is no text would end the page's
 * rendering, so it is left out; `onWrong` is told its name, and each name that `own` does not have.
 */
export function withOverrides<Words>(
  own: Words,
  given: unknown,
  onWrong: (name: string) => void = () => {},
  prefix = '',
): Words {
  if (!isRecord(given)) return own;
  const words: Record<string, unknown> = { ...Object(own) };
  for (const [name, value] of Object.entries(given)) {
    const known = Object.hasOwn(Object(own), name) ? words[name] : undefined;
    const path = `${prefix}${name}`;
    if (value === undefined || value === null) continue;
    if (typeof known === 'string' && typeof value === 'string') words[name] = value;
    else if (isRecord(known) && isRecord(value))
      words[name] = withOverrides(known, value, onWrong, `${path}.`);
    else onWrong(path);
  }
  return words as Words;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
