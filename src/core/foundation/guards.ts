/** Whether `value` is an object with names of its own: neither `null` nor a list. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether `value` is a text. */
export function isString(value: unknown): value is string {
  return typeof value === 'string';
}

/** Whether `value` is true or false. */
export function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

/** Whether `value` is a number that can be calculated with. */
export function isFiniteNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** Whether `value` is a finite number above 0. */
export function isPositive(value: unknown): value is number {
  return isFiniteNumber(value) && value > 0;
}

/** Whether `value` is a function; of which kind, nobody can tell. */
export function isFunction<Function>(value: unknown): value is Function {
  return typeof value === 'function';
}

/** The rule for a value: a guard, and the words for the values that pass it. */
export type Rule<Value> = readonly [isValid: (value: unknown) => value is Value, wanted: string];

/** The rule of what is on or off. */
export const FLAG: Rule<boolean> = [isBoolean, 'true or false'];

/** The rule that takes exactly these words. */
export function oneOf<const Word extends string>(...words: readonly Word[]): Rule<Word> {
  const isWord = (value: unknown): value is Word => words.some((word) => word === value);
  return [isWord, `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`];
}
