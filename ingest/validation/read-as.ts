import * as z from 'zod';

/**
 * Reads what came from outside by its schema; fields that the schema does not know are left out.
 * Throws a `RangeError` in the schema's words.
 */
export function readAs<T>(schema: z.ZodType<T>, value: unknown): T {
  const { data, error } = schema.safeParse(value);
  if (error === undefined) return data;
  const { message = '', path = [] } = error.issues[0] ?? {};
  // A schema without words of its own gets zod's, which do not say where.
  const isNamed = message.startsWith('"') || path.length === 0;
  throw new RangeError(isNamed ? message : `"${path.join('.')}": ${message}`);
}

/** A JSON object with these fields. One that is `undefined` is as good as absent. */
export function objectOf<Shape extends z.ZodRawShape>(name: string, shape: Shape) {
  return z.preprocess(withoutUndefined, z.object(shape, { error: `"${name}" is a JSON object.` }));
}

/** One of these words. */
export function oneOf<const Words extends readonly string[]>(name: string, words: Words) {
  return z.enum(words, { error: `"${name}" is one of: ${words.join(', ')}.` });
}

function withoutUndefined(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined));
}
